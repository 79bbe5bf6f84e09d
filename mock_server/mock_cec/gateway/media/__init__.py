"""The media of the gateway: what a call's scenario wants of them, and who carries them."""
