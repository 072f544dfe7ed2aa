"""The demo's pages in `LiveClient`, as a site's own tests would have them."""

from unittest.mock import patch

from django.test import TestCase

from pages.instruments import Panel, topic
from pages.models import Todo
from pykka_live import publish
from pykka_live.exceptions import HandlerFailed, TemplateFailed
from pykka_live.testing import ActionRefused, LiveClient


class LiveTestCase(TestCase):
    def setUp(self):
        self.live = LiveClient()
        self.addCleanup(self.live.close)


class CounterTest(LiveTestCase):
    def test_it_counts(self):
        page = self.live.get("/counter/")

        page.find("button", text="+10").click()
        page.find("button", text="−1").click()

        self.assertEqual(page.find("output").text, "9")


class TodosTest(LiveTestCase):
    def add(self, page, *texts):
        for text in texts:
            page.form(".todo > form").fill(text=text).submit()

    def texts(self, page):
        return [each.text for each in page.find_all(".todos label span")]

    def test_things_are_added_and_the_field_is_ready_for_the_next(self):
        page = self.live.get("/todo/")

        self.add(page, "one", "two")

        self.assertEqual(self.texts(page), ["one", "two"])
        self.assertEqual(page.find("#new").value, "")
        self.assertTrue(Todo.objects.filter(text="two").exists())
        with self.assertRaisesMessage(ActionRefused, "required and empty"):
            page.form(".todo > form").submit()

    def test_done_things_are_filtered_and_cleared(self):
        page = self.live.get("/todo/")
        self.add(page, "one", "two", "three")

        page.find_all(".todos input[type=checkbox]")[1].check()
        self.assertEqual(page.find(".left").text, "2 left")
        page.find("button", text="Done").click()
        self.assertEqual(self.texts(page), ["two"])
        page.find("button", text="Clear done").click()
        page.find("button", text="All").click()

        self.assertEqual(self.texts(page), ["one", "three"])

    def test_things_change_places(self):
        page = self.live.get("/todo/")
        self.add(page, "one", "two")

        page.find("[aria-label='Move up: two']").click()

        self.assertEqual(self.texts(page), ["two", "one"])
        with self.assertRaisesMessage(ActionRefused, "disabled"):
            page.find("[aria-label='Move up: two']").click()

    def test_escape_leaves_a_thing_as_it_was(self):
        page = self.live.get("/todo/")
        self.add(page, "one")

        page.find("button", text="Edit").click()
        page.find("#text").fill("other").press("Escape")

        self.assertEqual(self.texts(page), ["one"])

    def test_another_tab_sees_the_same_list_and_another_person_does_not(self):
        page = self.live.get("/todo/")
        tab = self.live.get("/todo/")
        other = self.live.another().get("/todo/")

        self.add(page, "one")

        self.assertEqual(self.texts(tab), ["one"])
        self.assertIn("Nothing here.", other.text)


class ChatTest(LiveTestCase):
    def test_what_one_says_all_hear(self):
        one = self.live.get("/chat/")
        other = self.live.another().get("/chat/")

        one.find("#name").fill("Ada")
        one.form("form").fill(text="Hello").submit()

        self.assertEqual(other.find("li").text, "Ada Hello")
        self.assertTrue(one.has("li.own"))


class CrashRoomTest(LiveTestCase):
    def test_it_goes_on_from_its_last_good_state(self):
        page = self.live.get("/crash/")
        page.find("button", text="Count up").click()

        for danger in ("Raise an exception", "Raise SystemExit"):
            with self.assertRaises(HandlerFailed):
                page.find("button", text=danger).click()
        with self.assertRaises(TemplateFailed):
            page.find("button", text="Break the template").click()

        self.assertEqual(page.find("output").text, "1")

    def test_what_is_harmless_is_kept(self):
        page = self.live.get("/crash/")

        with self.assertRaises(HandlerFailed):
            page.find("button", text="Shrug it off").click()

        self.assertEqual(page.find("output").text, "10")


class DashboardTest(LiveTestCase):
    def setUp(self):
        super().setUp()
        # Each instrument is read once; from then on they say what the tests want.
        patcher = patch.object(Panel, "send_interval")
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_what_an_instrument_says_is_shown_by_its_tile_alone(self):
        page = self.live.get("/dashboard/")
        garbage = page.find("[live-component=garbage] .reading").text

        publish(topic("memory"), 123456)
        self.live.settle()

        self.assertEqual(page.find("[live-component=memory] .reading").text, "123456 k blocks")
        self.assertEqual(page.find("[live-component=garbage] .reading").text, garbage)

    def test_the_fuse_comes_back_with_its_curve(self):
        page = self.live.get("/dashboard/")
        publish(topic("fuse"), 77.7)
        self.live.settle()

        with self.assertRaisesMessage(HandlerFailed, "the fuse has blown"):
            page.find("button", text="Blow it").click()

        self.assertIn("77.7 A", page.find(".fuse .reading").text)
        self.assertIn("restarted 1×", page.find(".fuse .pace").text)


class ShopTest(LiveTestCase):
    def lines(self, page):
        return [each.text for each in page.find_all(".cart li span:first-child")]

    def test_products_the_cart_and_the_page_talk(self):
        page = self.live.get("/shop/")
        vase = page.find("[live-component=product-vase]")

        vase.form().fill(quantity=2).submit()
        page.find("[aria-label='Add to the cart: Cup']").click()

        self.assertEqual(self.lines(page), ["2 × Vase", "1 × Cup"])
        self.assertEqual(vase.find(".held").text, "2 in the cart")
        page.find("button", text="Order 3").click()
        self.assertEqual(page.find(".cart [role=status]").text, "3 on their way. Thank you!")
        self.assertFalse(page.has(".held"))

    def test_a_product_that_breaks_leaves_the_cart_as_it_is(self):
        page = self.live.get("/shop/")
        add = page.find("[aria-label='Add to the cart: Jug']")
        add.click()

        with self.assertRaisesMessage(HandlerFailed, "The jug is in pieces."):
            page.find("[aria-label='Drop: Jug']").click()
        add.click()

        self.assertEqual(self.lines(page), ["2 × Jug"])
