"""training.json -> the tables in a model's README.md.

    python tables.py ../models/attn-only-2l-tales

Replaces what stands between the two markers below, and leaves the prose around them alone.
`export.py` calls it, so that the tables are never those of another run.
"""

import argparse
import json
from pathlib import Path

BEGIN, END = "<!-- tables of tables.py -->", "<!-- end of tables -->"
SCORES = ("previous", "current", "first", "induction")


def role(scores: dict[str, float]) -> str:
    """A head's name: what it gives most of its attention to, if it does."""
    names = [f"{name} token" for name in ("previous", "current", "first") if scores[name] >= 0.6]
    names += ["induction"] if scores["induction"] >= 0.4 else []
    return ", ".join(names)


def curve_table(curve: list[dict]) -> str:
    rows = [f"| {r['step']} | {r['tokens'] / 1e6:.1f} | {r['held_out']:.3f} | {r['first_copy']:.2f} | "
            f"{r['second_copy']:.3f} |" for r in curve]
    return "\n".join(["| step | million tokens | held-out loss | first copy | second copy |",
                      "|---|---|---|---|---|", *rows])


def head_table(measured: dict) -> str:
    lines = ["| head | " + " | ".join(SCORES) + " | ablation | what it does |",
             "|---" * (len(SCORES) + 3) + "|"]
    for layer, ablated in enumerate(measured["ablation"]):
        for head, rise in enumerate(ablated):
            scores = {name: measured[name][layer][head] for name in SCORES}
            cells = " | ".join(f"{scores[name]:.2f}" for name in SCORES)
            lines.append(f"| {layer}.{head} | {cells} | {rise:.2f} | {role(scores)} |")
    return "\n".join(lines)


def update(model: Path) -> None:
    training = json.loads((model / "training.json").read_text())
    readme = model / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n\n{curve_table(training['curve'])}\n\n"
                      f"{head_table(training['measured'])}\n\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, help="folder with training.json and README.md")
    update(parser.parse_args().model)


if __name__ == "__main__":
    main()
