"""The to-do list: keyed rows out of the database."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def todos(open_demo):
    return Todos(open_demo("/todo/"))


class Todos:
    """One tab's list."""

    def __init__(self, page):
        self.page = page
        self.field = page.get_by_label("What is to be done?")
        self.rows = page.locator(".todos li:not(.empty)")
        self.texts = page.locator(".todos li:not(.empty) label span")
        self.left = page.locator(".left")

    def add(self, *texts):
        for text in texts:
            self.field.fill(text)
            self.page.keyboard.press("Enter")
            expect(self.texts.last).to_have_text(text)
            expect(self.field).to_have_value("")

    def row(self, text):
        return self.rows.filter(has_text=text)

    def click(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect(self, *texts):
        expect(self.texts).to_have_text(list(texts))


def test_things_are_added_and_the_field_is_ready_for_the_next(todos):
    expect(todos.page.locator(".empty")).to_have_text("Nothing here.")

    todos.add("one", "two", "three")

    todos.expect("one", "two", "three")
    expect(todos.left).to_have_text("3 left")
    expect(todos.field).to_be_focused()


def test_what_is_typed_is_text_and_not_html(todos):
    todos.add("<b>bold</b> & {{ curly }}")

    todos.expect("<b>bold</b> & {{ curly }}")
    expect(todos.page.locator(".todos b")).to_have_count(0)


def test_done_things_are_struck_out_filtered_and_cleared(todos):
    todos.add("one", "two", "three")

    todos.row("two").get_by_role("checkbox").check()
    expect(todos.left).to_have_text("2 left")
    expect(todos.row("two")).to_have_class("done")

    todos.click("Active")
    todos.expect("one", "three")
    expect(todos.page.get_by_role("button", name="Active")).to_have_attribute(
        "aria-pressed", "true"
    )
    todos.click("Done")
    todos.expect("two")
    todos.click("All")
    todos.expect("one", "two", "three")
    expect(todos.row("two").get_by_role("checkbox")).to_be_checked()
    expect(todos.row("one").get_by_role("checkbox")).not_to_be_checked()

    todos.click("Clear done")
    todos.expect("one", "three")


def test_a_thing_that_leaves_the_filtered_list_takes_its_tick_along(todos):
    todos.add("one", "two")
    todos.click("Active")

    todos.row("one").get_by_role("checkbox").click()

    todos.expect("two")
    expect(todos.row("two").get_by_role("checkbox")).not_to_be_checked()


def test_a_thing_is_edited_in_its_place(todos):
    todos.add("one", "two")

    todos.click("Edit: one")
    field = todos.page.get_by_label("New text")
    expect(field).to_be_focused()
    expect(field).to_have_value("one")
    field.fill("the first")
    field.press("Enter")
    todos.expect("the first", "two")

    todos.click("Edit: two")
    expect(field).to_be_focused()
    field.fill("never mind")
    field.press("Escape")
    todos.expect("the first", "two")


def test_rows_are_moved_and_not_made_anew(todos):
    todos.add("one", "two", "three")
    todos.row("three").evaluate("row => { row.mark = 'the same' }")

    todos.click("Move up: three")
    todos.expect("one", "three", "two")
    todos.click("Move up: three")
    todos.expect("three", "one", "two")
    todos.click("Move down: one")
    todos.expect("three", "two", "one")

    assert todos.row("three").evaluate("row => row.mark") == "the same"
    expect(todos.page.get_by_role("button", name="Move up: three")).to_be_disabled()


def test_deleting(todos):
    todos.add("one", "two", "three")

    todos.click("Delete: two")
    todos.expect("one", "three")
    todos.click("Delete: one")
    todos.click("Delete: three")

    expect(todos.page.locator(".empty")).to_have_text("Nothing here.")


def test_two_tabs_show_one_list(todos, open_tab):
    other = Todos(open_tab("/todo/"))

    todos.add("one", "two")
    other.expect("one", "two")
    other.row("one").get_by_role("checkbox").check()

    expect(todos.row("one").get_by_role("checkbox")).to_be_checked()
    expect(todos.left).to_have_text("1 left")


def test_what_is_being_typed_survives_what_another_tab_does(todos, open_tab):
    other = Todos(open_tab("/todo/"))
    todos.field.press_sequentially("half a tho")
    todos.page.keyboard.press("ArrowLeft")

    other.add("one", "two")

    todos.expect("one", "two")
    expect(todos.field).to_be_focused()
    todos.page.keyboard.type("!")
    expect(todos.field).to_have_value("half a th!o")


def test_the_list_outlives_the_page(todos, open_demo):
    todos.add("one", "two")
    todos.row("two").get_by_role("checkbox").check()
    expect(todos.left).to_have_text("1 left")

    again = Todos(open_demo("/todo/"))

    again.expect("one", "two")
    expect(again.row("two").get_by_role("checkbox")).to_be_checked()


def test_another_person_has_another_list(todos, open_as_other):
    todos.add("one")

    other = Todos(open_as_other("/todo/"))

    expect(other.page.locator(".empty")).to_have_text("Nothing here.")
    other.add("theirs")
    todos.expect("one")
