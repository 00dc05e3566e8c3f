"""The kinds of fields a worksheet can have, as frozen values read from worksheet.yaml."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic import Field as Constraint

from app.curriculum.plain_numbers import DIGITS, Number
from app.files.rules import FILE_TYPES, FileType


def _true_or_false(value: Any) -> Any:
    """Only `true` and `false` are yes and no; everything else is reported instead of being guessed."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("write true or false")


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=60)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FieldId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?\.[A-Z]{1,2}\.[1-9][0-9]?$")]
SourceTag = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{1,3}[a-z]?$")]
Flag = Annotated[bool, BeforeValidator(_true_or_false)]
Rows = Annotated[int, Constraint(ge=0, le=200), DIGITS]
MinWords = Annotated[int, Constraint(ge=1, le=2000), DIGITS]
# What a field may ask for on purpose, and the look before sending then does not point at.
Holds = Literal[
    "names", "provider_names", "dates", "ages", "phones", "emails", "addresses", "numbers", "web",
    "care_words", "blanks",
]  # fmt: skip

# What a person types at most, in characters; the database and the pages are sized for these.
SHORT_TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 20_000
# A table without its own maximum still ends somewhere.
TABLE_ROW_LIMIT = 200


class Strict(BaseModel):
    """Frozen, and a misspelled key is an error rather than silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(Strict):
    key: Key
    label: Text


class CheckItem(Option):
    """One line of a checklist."""


Options = Annotated[tuple[Option, ...], Constraint(min_length=2)]


class Column(Strict):
    """One column of a table; `required` means every row that is begun needs it."""

    key: Key
    label: Text
    type: Literal["short_text", "long_text", "number", "currency", "percent", "date", "choice"]
    required: Flag = True
    options: tuple[Option, ...] = ()
    unit: Text | None = None
    width: Literal["narrow", "wide"] | None = None
    guidance: Text | None = None

    def option_label(self, key: str) -> str:
        """The words of a choice; an unknown key is shown as it is."""
        return next((o.label for o in self.options if o.key == key), key)

    def structure(self) -> list[Any]:
        return [self.key, self.type, self.required, [o.key for o in self.options]]


class Part(Strict):
    """One value of a group field."""

    key: Key
    label: Text
    type: Literal["short_text", "long_text", "number", "currency", "percent", "date", "choice"]
    required: Flag = True
    unit: Text | None = None
    min: Number | None = None
    max: Number | None = None
    options: tuple[Option, ...] = ()
    headings: tuple[Text, ...] = ()
    min_words: MinWords | None = None
    guidance: Text | None = None

    def structure(self) -> list[Any]:
        keys = [o.key for o in self.options]
        return [self.key, self.type, self.required, self.min, self.max, keys, self.min_words]


class Result(Strict):
    """One calculated number; `explain` says in words how it came about."""

    key: Key
    label: Text
    expression: Text
    unit: Text | None = None
    format: Literal["integer", "decimal", "percent", "currency"] = "decimal"
    explain: Text | None = None


class FieldBase(Strict):
    """What every field has. `required` fields must be answered before the work can be submitted.

    `shows` names an answer of another module, `2.B.4` or some columns of it, `2.B.4 | group, sent_to`: it stands
    above the input, to read. A `retired` field is not asked any more. It stays for those who have answered it: they
    read what they wrote. `may_hold` names what it asks for on purpose, `say_instead` its own words for care words;
    both concern the look before sending and not what an answer is.
    """

    takes_answer: ClassVar[bool] = True  # False: worked out or only shown, so nothing of it is in a draft

    id: FieldId
    label: Text
    type: str
    required: Flag = False
    retired: Flag = False
    guidance: Text | None = None
    example: Text | None = None
    criteria: tuple[Key, ...] = ()
    shows: Text | None = None
    may_hold: tuple[Holds, ...] = ()
    say_instead: dict[Text, Text] = {}

    def structure(self) -> list[Any]:
        """What answers depend on; see `schema.structure_hash`."""
        shape = [self.id, self.type, self.required, sorted(self.criteria)]
        return [*shape, "retired"] if self.retired else shape


class ShortTextField(FieldBase):
    type: Literal["short_text"]


class LongTextField(FieldBase):
    """Paragraphs in Markdown. `headings` are offered as a template; `min_words` asks for that many words."""

    type: Literal["long_text"]
    headings: tuple[Text, ...] = ()
    min_words: MinWords | None = None

    def structure(self) -> list[Any]:
        return [*super().structure(), self.min_words]


class NumberField(FieldBase):
    """A number, an amount in the participant's own currency, or a percentage stored as entered (92)."""

    type: Literal["number", "currency", "percent"]
    unit: Text | None = None
    min: Number | None = None
    max: Number | None = None

    def structure(self) -> list[Any]:
        return [*super().structure(), self.min, self.max]


class DateField(FieldBase):
    type: Literal["date"]


class ChoiceField(FieldBase):
    type: Literal["choice"]
    options: Options

    def option_label(self, key: str) -> str:
        return next((o.label for o in self.options if o.key == key), key)

    def structure(self) -> list[Any]:
        return [*super().structure(), [o.key for o in self.options]]


class MultiChoiceField(FieldBase):
    type: Literal["multi_choice"]
    options: Options

    def option_label(self, key: str) -> str:
        return next((o.label for o in self.options if o.key == key), key)

    def structure(self) -> list[Any]:
        return [*super().structure(), [o.key for o in self.options]]


class ChecklistField(FieldBase):
    """Fixed lines to tick; a required checklist needs all of them."""

    type: Literal["checklist"]
    items: Annotated[tuple[CheckItem, ...], Constraint(min_length=1)]

    def option_label(self, key: str) -> str:
        return next((o.label for o in self.items if o.key == key), key)

    def structure(self) -> list[Any]:
        return [*super().structure(), [o.key for o in self.items]]


class TableField(FieldBase):
    """Rows the participant adds; `total` names the column whose sum is shown below."""

    type: Literal["table"]
    columns: Annotated[tuple[Column, ...], Constraint(min_length=1, max_length=12)]
    min_rows: Rows = 0
    max_rows: Rows | None = None
    total: Key | None = None

    def column(self, key: str) -> Column | None:
        return next((c for c in self.columns if c.key == key), None)

    def structure(self) -> list[Any]:
        columns = [c.structure() for c in self.columns]
        return [*super().structure(), columns, self.min_rows, self.max_rows, self.total]


class GroupField(FieldBase):
    """A few values that belong together under one id: price and variable cost, a choice and its reason, two letters."""

    type: Literal["group"]
    parts: Annotated[tuple[Part, ...], Constraint(min_length=1)]

    def part(self, key: str) -> Part | None:
        return next((p for p in self.parts if p.key == key), None)

    def structure(self) -> list[Any]:
        return [*super().structure(), [p.structure() for p in self.parts]]


class CalculatedField(FieldBase):
    """Numbers worked out from other answers; never stored in a draft."""

    takes_answer = False

    type: Literal["calculated"]
    results: Annotated[tuple[Result, ...], Constraint(min_length=1)]

    def result(self, key: str) -> Result | None:
        return next((r for r in self.results if r.key == key), None)

    def structure(self) -> list[Any]:
        return [*super().structure(), [[r.key, r.expression, r.format] for r in self.results]]


class FileField(FieldBase):
    """Files behind a tick that says they identify no client; with `or_text`, a text in their place or beside them.

    `headings` and `min_words` are of that text, and count while there is no file.
    """

    type: Literal["file"]
    max_files: Annotated[int, Constraint(ge=1, le=10)] = 1
    accept: Annotated[tuple[FileType, ...], Constraint(min_length=1)] = FILE_TYPES
    or_text: Flag = False
    headings: tuple[Text, ...] = ()
    min_words: Annotated[int, Constraint(ge=1, le=2000)] | None = None

    def structure(self) -> list[Any]:
        more = [self.max_files, sorted(self.accept), self.or_text, self.min_words]
        return [*super().structure(), *more]


class ReferenceField(FieldBase):
    """An answer of another module, shown where it is needed; frozen into a round as it was then."""

    takes_answer = False

    type: Literal["reference"]
    to: FieldId
    columns: tuple[Key, ...] = ()

    def structure(self) -> list[Any]:
        return [*super().structure(), self.to, self.columns]


Field = Annotated[
    ShortTextField
    | LongTextField
    | TableField
    | ChoiceField
    | MultiChoiceField
    | ChecklistField
    | NumberField
    | DateField
    | GroupField
    | CalculatedField
    | FileField
    | ReferenceField,
    Constraint(discriminator="type"),
]
