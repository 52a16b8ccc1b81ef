"""`python -m tanglaw`."""

from tanglaw.cli import main

if __name__ == "__main__":
    main()
