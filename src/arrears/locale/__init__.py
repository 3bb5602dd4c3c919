"""What people read, in zh-Hans, zh-Hant and en: words as data, and the strict code that fills them."""
