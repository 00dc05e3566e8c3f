"""What the texts of a curriculum may refer to."""

from app.curriculum.glossary import slug_of
from app.curriculum.loaded import LoadedProgram
from app.curriculum.terms import Finder


class Known:
    """The fields, sources and terms there are.

    What stands in a file that could not be read is not called missing: one broken worksheet is one problem, not
    a hundred.
    """

    def __init__(self, program: LoadedProgram) -> None:
        self.fields = {field.id: field for sheet in program.worksheets() for field in sheet.value.fields()}
        read = {str(m.number) for m in program.modules if m.worksheet or not m.has_worksheet}
        count = len(program.head.value.modules) if program.head else len(program.modules)
        self._unread = {str(number) for number in range(1, count + 1)} - read
        self._tags = set(program.sources.value.root) if program.sources else set()
        self._tags_unread = program.has_sources and program.sources is None
        terms = program.glossary.value.terms if program.glossary else ()
        self._finder, self._terms = Finder(terms), {slug_of(one.term) for one in terms}
        self._terms_unread = program.has_glossary and program.glossary is None

    def is_unread(self, field_id: str) -> bool:
        return field_id.partition(".")[0] in self._unread

    def lacks_field(self, field_id: str) -> bool:
        return field_id not in self.fields and not self.is_unread(field_id)

    def lacks_source(self, tag: str) -> bool:
        return tag not in self._tags and not self._tags_unread

    def lacks_term(self, words: str) -> bool:
        return self._finder.term(words) is None and not self._terms_unread

    def lacks_anchor(self, anchor: str) -> bool:
        """Whether the glossary page has no term at this address; '' is the page itself."""
        return bool(anchor) and anchor not in self._terms and not self._terms_unread
