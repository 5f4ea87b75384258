"""Digital signatures in PDF (PAdES): made in two halves around whoever holds the key, drawn, and verified."""
