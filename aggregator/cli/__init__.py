"""The command `haihe`: options in, exit codes out. What a verb does lives in `aggregator.verbs` and `aggregator.app`.

Exit codes: 0 fine, 1 something upstream failed, 2 the operator must change something.
"""

from aggregator.cli import act, desk, look, stay
from aggregator.cli.command import main

# Listed by --help in the order of a day's work.
ORDER = (
    stay.run,
    look.check,
    look.plan,
    look.discover,
    look.preview,
    act.pull,
    look.status,
    look.explain,
    desk.withdraw,
    desk.hold,
    desk.release,
    desk.pin,
    stay.serve,
    act.migrate,
    act.import_,
    stay.demo,
)
main.commands = {command.name: command for command in ORDER if command.name}

__all__ = ["main"]
