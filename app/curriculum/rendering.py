"""Fills in the HTML of every text of a program: once, when it is published or previewed."""

from collections.abc import Mapping

from app.curriculum.markdown import render
from app.curriculum.markdown_terms import Terms
from app.curriculum.schema import Lesson, MediaFile, Module, Page, Program, Sample


def rendered(program: Program) -> Program:
    """The same program with the HTML of its lessons, openings, samples and pages."""
    labels = {f.id: f.label for m in program.modules if m.worksheet for f in m.worksheet.fields()}
    return program.model_copy(
        update={
            "modules": tuple(_module(module, program, labels) for module in program.modules),
            "pages": tuple(_page(page, program) for page in program.pages),
        }
    )


def _module(module: Module, program: Program, labels: dict[str, str]) -> Module:
    media, language = {one.name: one for one in module.media}, program.language
    return module.model_copy(
        update={
            "opening_html": render(module.opening, program.sources, labels, media=media, language=language),
            "lessons": tuple(_lesson(lesson, program, labels, media) for lesson in module.lessons),
            "samples": tuple(_sample(sample, program) for sample in module.samples),
        }
    )


def _lesson(
    lesson: Lesson, program: Program, labels: dict[str, str], media: Mapping[str, MediaFile]
) -> Lesson:
    html = render(
        lesson.body,
        program.sources,
        labels,
        listed=lesson.sources,
        lead=True,
        terms=Terms(program.glossary, lesson.unexplained),
        media=media,
        language=program.language,
    )
    return lesson.model_copy(update={"html": html})


def _sample(sample: Sample, program: Program) -> Sample:
    return sample.model_copy(update={"why_html": render(sample.why, program.sources, {})})


def _page(page: Page, program: Program) -> Page:
    return page.model_copy(update={"html": render(page.body, program.sources, {}, listed=page.sources)})
