"""`python -m aggregator` is `haihe`."""

from aggregator.cli import main

if __name__ == "__main__":
    main()
