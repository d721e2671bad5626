"""What the tests share: small schemes, filled workbooks, real programs."""
