"""What becomes of a choice when its form is submitted."""

from __future__ import annotations

import pytest

FORM = (
    '<form live-on:submit="save"><select name="s" {}><option selected>1</option>'
    "<option>2</option><option>3</option></select></form><p></p>"
)
# What an answer says of the options, the first of which was chosen when the page came; and what is
# chosen then, in a simple select and in a multiple one.
ANSWERS = {
    "another": ([[0, "r", "selected"], [2, "a", "selected", ""]], ["3"], ["3"]),
    "none": ([[0, "r", "selected"]], ["1"], []),
    "others": ([["d", 0, 3], ["i", 0, ["option", "8"], ["option", "9"]]], ["8"], []),
}


@pytest.fixture(params=["", "multiple"], ids=["simple", "multiple"])
def multiple(request):
    return request.param


@pytest.fixture(params=[True, False], ids=["focused", "left"])
def focused(request):
    """Whether the select has the focus still."""
    return request.param


@pytest.fixture
def submitted(bound, multiple, focused):
    """A page whose form was submitted with the second option."""
    page = bound(FORM.format(multiple))
    page.page.focus("select")
    page.page.select_option("select", "2")
    if not focused:
        page.page.evaluate("document.activeElement.blur()")
    submit(page, 1, "2")
    return page


def submit(page, number, choice):
    page.page.evaluate("document.forms[0].requestSubmit()")
    assert page.server.wait_event(number)["params"] == {"s": choice}


def answer(page, number, version, patch):
    """Answers an event, and waits until that is shown."""
    ref = page.server.wait_event(number)["ref"]
    shown = ["a", "data-version", str(version)]
    page.server.send(t="patch", ref=ref, v=version, p=[patch, shown])
    page.page.wait_for_selector(f"[data-version='{version}']", state="attached")


def chosen(page):
    return page.page.evaluate(
        "Array.from(document.querySelector('select').selectedOptions, (option) => option.value)"
    )


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_answer_decides_about_what_was_submitted(submitted, multiple, kind):
    patches, simple, many = ANSWERS[kind]
    answer(submitted, 1, 2, [0, 0, *patches])
    assert chosen(submitted) == (many if multiple else simple)


@pytest.mark.parametrize(("kind", "choice"), [("another", "1"), ("none", "3")])
def test_what_is_chosen_after_the_submission_stays(submitted, kind, choice):
    submitted.page.select_option("select", choice)
    answer(submitted, 1, 2, [0, 0, *ANSWERS[kind][0]])
    assert chosen(submitted) == [choice]


@pytest.mark.parametrize("focused", [False], indirect=True, ids=["left"])
@pytest.mark.parametrize(("kind", "choice"), [("another", "1"), ("none", "3")])
def test_what_was_said_too_early_counts_when_the_later_choice_is_answered(
    submitted, multiple, kind, choice
):
    patches, simple, many = ANSWERS[kind]
    submitted.page.select_option("select", choice)
    answer(submitted, 1, 2, [0, 0, *patches])
    submit(submitted, 2, choice)
    answer(submitted, 2, 3, [1, "a", "title", "saved"])
    assert chosen(submitted) == (many if multiple else simple)


@pytest.mark.parametrize(("kind", "choice"), [("another", "1"), ("none", "3")])
def test_what_was_said_too_early_counts_though_the_select_has_the_focus_or_changes_again(
    submitted, multiple, kind, choice
):
    patches, simple, many = ANSWERS[kind]
    submitted.page.select_option("select", choice)
    answer(submitted, 1, 2, [0, 0, *patches])
    submit(submitted, 2, choice)
    answer(submitted, 2, 3, [0, 0, 1, "a", "title", "changed"])
    assert chosen(submitted) == (many if multiple else simple)
