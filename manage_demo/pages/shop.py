"""A shop of components that talk: products to the cart, the cart to products and to the page."""

from pykka_live import LiveComponent, LiveView, event, function_component, pure

# What is for sale: name, price in cents, and a word about it.
WARES = {
    "cup": ("Cup", 1450, "For one, and something hot."),
    "bowl": ("Bowl", 2200, "Holds soup. Or keys."),
    "vase": ("Vase", 3900, "Narrow neck, wide shoulders."),
    "plate": ("Plate", 1800, "Flat, as it should be."),
    "jug": ("Jug", 3200, "Pours without a drip."),
    "jar": ("Jar", 2600, "With a lid that fits."),
}
REDUCTION = 20  # per cent, while the sale lasts


def reduced(cents, sale):
    return cents * (100 - REDUCTION) // 100 if sale else cents


@function_component(
    template="""<span class="price">
      {% if was %}<s>{{ was }} €</s>{% endif %} <b>{{ now }} €</b>
    </span>"""
)
@pure
def price(cents, sale=False):
    """No state and no actor: what a function returns, where it stands."""
    return {
        "now": f"{reduced(cents, sale) / 100:.2f}",
        "was": f"{cents / 100:.2f}" if sale and cents else "",
    }


class Shop(LiveView):
    template_name = "pages/shop.html"

    def mount(self, request):
        self.wares = list(WARES)
        self.sale = False
        self.count = 0
        self.said = ""

    @event
    def toggle_sale(self):
        self.sale = not self.sale  # a prop of all components: each draws itself anew

    @event
    def order(self):
        """Bound to a button that stands in the cart, in a slot that this view has written."""
        self.said = f"{self.count} on their way. Thank you!"
        self.send("cart", {"do": "empty"})

    def handle_component_event(self, component_id, name, data):
        self.count = data["count"]
        if self.count:
            self.said = ""


class Product(LiveComponent):
    template_name = "pages/shop/product.html"

    def mount(self, ware, sale):
        self.ware, self.sale = ware, sale
        self.name, self.cents, self.text = WARES[ware]
        self.in_cart = 0

    @event
    def add(self, quantity: int = 1):
        if 1 <= quantity <= 9:
            self.send("cart", {"do": "add", "ware": self.ware, "quantity": quantity})

    @event
    def drop(self):
        self.in_cart = 1000  # nobody will ever see this
        raise RuntimeError(f"The {self.ware} is in pieces.")

    def handle_info(self, message):
        self.in_cart = message["in_cart"]


class Cart(LiveComponent):
    template_name = "pages/shop/cart.html"

    def mount(self, sale):
        self.sale = sale
        self.quantities = {}

    @property
    def lines(self):
        return [
            (ware, WARES[ware][0], quantity, WARES[ware][1] * quantity)
            for ware, quantity in self.quantities.items()
        ]

    @property
    def total(self):
        return sum(cents for *_, cents in self.lines)

    def handle_info(self, message):
        if message["do"] == "add":
            ware = message["ware"]
            self.put({ware: self.quantities.get(ware, 0) + message["quantity"]})
        else:
            self.put(dict.fromkeys(self.quantities, 0))

    @event
    def remove(self, ware: str):
        self.put({ware: 0})

    def put(self, quantities):
        """Have so many of these wares, and tell whom it concerns."""
        for ware, quantity in quantities.items():
            self.quantities[ware] = quantity
            self.send(f"product-{ware}", {"in_cart": quantity})
        self.quantities = {ware: held for ware, held in self.quantities.items() if held}
        self.send_parent("changed", {"count": sum(self.quantities.values())})
