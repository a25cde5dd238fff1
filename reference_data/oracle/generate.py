"""Makes everything in activations/, parity/, analysis/, gradients/ and optimizers/ again, from the weights in models/.

    python generate.py            about a minute
    python generate.py --check    changes nothing: are the stored files what the manifests say?
                                  (those of families.py, too)

The same weights give the same bytes on the same machine; on another one the last bits may differ,
which is why a test compares with a tolerance and never with a checksum.

Two inputs are not made here, since the books are not in this repository: held_out.safetensors, eight
rows of text that no model was trained on, and bigrams.json, counts of what follows a token.
`--prepared` draws both again from the output of ../training/prepare.py, which is needed only if books
or tokenizer change.
"""

import argparse
import sys
from pathlib import Path

import families
import manifest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare with the manifests")
    parser.add_argument("--prepared", type=Path,
                        help="draw held_out.safetensors and bigrams.json again from this folder of prepare.py")
    parser.add_argument("--only", choices=manifest.FOLDERS, help="one of the folders")
    args = parser.parse_args()
    if args.check:
        return manifest.check() | families.check()

    # imported late: --check has no need of torch
    import platform

    import numpy
    import tokenizers
    import torch
    import transformer_lens  # noqa: F401
    from importlib.metadata import version

    import activations
    import analysis
    import bigrams
    import common
    import exercise_01
    import exercise_02
    import generation
    import gradients
    import exercise_04
    import exercise_03
    import exercise_05
    import exercise_06
    import exercise_07
    import held_out
    import interventions
    import numpy_file
    import optimizers
    import parity
    import tokenizer_cases

    about = {
        "command": "python generate.py",
        "seed": common.SEED,
        "versions": {"python": platform.python_version(), "torch": torch.__version__,
                     "transformer_lens": version("transformer-lens"),
                     "numpy": numpy.__version__, "tokenizers": tokenizers.__version__},
    }
    if args.only in (None, "activations"):
        if args.prepared:
            held_out.draw(args.prepared)
            bigrams.draw(args.prepared)
        noise = activations.generate()
        tokenizer_cases.generate()
        exercise_01.generate()
        exercise_02.generate()
        generation.generate()
        exercise_04.generate()
        exercise_03.generate()
        exercise_05.generate()
        exercise_06.generate()
        exercise_07.generate()
        found = manifest.build(common.ACTIVATIONS, about, [common.ATTN_ONLY, common.GPT2], noise)
        common.write_json(found, common.ACTIVATIONS / "manifest.json")
    if args.only in (None, "parity"):
        parity.generate()
        interventions.generate()  # needs what parity has just written
        found = manifest.build(common.PARITY, about, [], {})
        common.write_json(found, common.PARITY / "manifest.json")
    if args.only in (None, "analysis"):  # after parity, whose weights it takes
        analysis.generate()
        numpy_file.generate()
        found = manifest.build(common.ANALYSIS, about, [], {})
        common.write_json(found, common.ANALYSIS / "manifest.json")
    if args.only in (None, "gradients"):  # after parity, whose weights and batches it takes
        gradients.generate()
        found = manifest.build(common.GRADIENTS, about, [], {})
        common.write_json(found, common.GRADIENTS / "manifest.json")
    if args.only in (None, "optimizers"):
        optimizers.generate()
        found = manifest.build(optimizers.OUT, about, [], {})
        common.write_json(found, optimizers.OUT / "manifest.json")
    return manifest.check()


if __name__ == "__main__":
    sys.exit(main())
