"""The app, driven as a user drives it: by clicks, keys and the clipboard, without a screen."""
