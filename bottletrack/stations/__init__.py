"""One file per place in the plant, in the plant's own order. Each verb records one thing that happened there.

Every verb has the same shape: `require()` first, `open_entry()` second (which answers a scan that came before), then
the rules, then what moves, then `post()`.
"""
