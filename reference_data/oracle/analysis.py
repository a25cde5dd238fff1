"""analysis/: what the classic library makes of some of the models in ../parity: processed weights,
stacks of components, logit attributions, and circuits.

Each file NAME.safetensors belongs to ../parity/NAME.safetensors, whose weights and `three.tokens` it
was made from. It holds, in the classic library's names and shapes,

    processed.weights.<name>     the weights after the steps that `processing` in labels.json names
    processed.logits             of `three.tokens`, with them
    stack.<method>               a stack of components of the unprocessed model; the labels are in
                                 labels.json. [component, batch, pos, d_model]
    attrs.logit, attrs.diff      logit_attrs of the full decomposition of the *processed* model, to
                                 the next token, and to that less token 1. [component, batch, pos]
    circuits.{QK,OV}.{S,norm}    singular values [layer, head, d_head], Frobenius norm [layer, head]
    circuits.{QK,OV}.{re,im}     eigenvalues, by falling modulus [layer, head, d_head]
    circuits.composition_{Q,K,V} [layer, head, layer, head]

Where the classic library is wrong (the shortformer's positions as a part of the stream), nothing is
stored.
"""

import torch
from safetensors.torch import load_file

import common
import parity

NAMES = ("ln_gelu_new", "ln_solu_ln", "rms_silu", "llama", "parallel_ln", "attn_only_ln",
         "shortformer_attn_only_none")


def load(name: str) -> tuple[parity.HookedTransformer, torch.Tensor]:
    arrays = load_file(common.PARITY / f"{name}.safetensors")
    model = parity.build({**parity.BASE, **parity.CONFIGS[name][1]}, torch.float32)
    weights = {key.removeprefix("weights."): value for key, value in arrays.items()
               if key.startswith("weights.")}
    _, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected, unexpected
    return model, arrays["three.tokens"]


def steps(model) -> dict[str, bool]:
    """What from_pretrained would do; see ProcessOptions::applicable."""
    shortformer = model.cfg.positional_embedding_type == "shortformer"
    return {
        "fold_ln": model.cfg.normalization_type is not None and not shortformer,
        "center_writing_weights": model.cfg.normalization_type == "LN" and not shortformer,
        "center_unembed": not shortformer,
    }


def stacks(model, tokens) -> tuple[common.Tensors, dict[str, list[str]]]:
    _, cache = model.run_with_cache(tokens)
    has_mid = not model.cfg.attn_only and not model.cfg.parallel_attn_mlp
    calls = {
        "accumulated_resid": lambda: cache.accumulated_resid(incl_mid=has_mid, return_labels=True),
        "logit_lens": lambda: cache.accumulated_resid(apply_ln=True, return_labels=True),
        "accumulated_resid_1": lambda: cache.accumulated_resid(
            layer=1, apply_ln=True, mlp_input=has_mid, return_labels=True),
        "stack_head_results": lambda: cache.stack_head_results(
            incl_remainder=True, apply_ln=True, return_labels=True),
        "stack_head_results_1": lambda: cache.stack_head_results(layer=1, return_labels=True),
    }
    if model.cfg.positional_embedding_type != "shortformer":
        calls["decompose_resid"] = lambda: cache.decompose_resid(
            apply_ln=True, return_labels=True)
        calls["decompose_resid_1"] = lambda: cache.decompose_resid(
            layer=1, mlp_input=has_mid, return_labels=True)
        calls["attn"] = lambda: cache.decompose_resid(
            mode="attn", incl_embeds=False, return_labels=True)
        # accumulated_bias looks for MLPs in a model without
        if not model.cfg.attn_only:
            calls["get_full_resid_decomposition"] = lambda: cache.get_full_resid_decomposition(
                apply_ln=True, return_labels=True)
            calls["get_full_resid_decomposition_1"] = lambda: cache.get_full_resid_decomposition(
                layer=1, expand_neurons=False, mlp_input=has_mid, return_labels=True)
    if not model.cfg.attn_only:
        calls["stack_neuron_results"] = lambda: cache.stack_neuron_results(
            layer=2, neuron_slice=(3, 6), incl_remainder=True, return_labels=True)
    tensors, labels = {}, {}
    for name, call in calls.items():
        tensors[f"stack.{name}"], labels[name] = call()
    return tensors, labels


def attributions(model, tokens) -> common.Tensors:
    if model.cfg.attn_only:
        return {}
    _, cache = model.run_with_cache(tokens)
    full = cache.get_full_resid_decomposition()
    following = tokens.roll(-1, dims=1)
    return {"attrs.logit": cache.logit_attrs(full, following),
            "attrs.diff": cache.logit_attrs(full, following, torch.ones_like(following))}


def circuits(model) -> common.Tensors:
    found = {}
    for name, matrix in (("QK", model.QK), ("OV", model.OV)):
        values = matrix.eigenvalues
        values = values.gather(-1, torch.argsort(values.abs(), dim=-1, descending=True))
        found |= {f"circuits.{name}.S": matrix.S, f"circuits.{name}.norm": matrix.norm(),
                  f"circuits.{name}.re": values.real, f"circuits.{name}.im": values.imag}
    for mode in "QKV":
        found[f"circuits.composition_{mode}"] = model.all_composition_scores(mode)
    return found


def generate() -> None:
    about = {}
    for old in common.ANALYSIS.glob("*.safetensors"):
        old.unlink()
    for name in NAMES:
        model, tokens = load(name)
        tensors, labels = stacks(model, tokens)
        tensors |= circuits(model)
        processing = steps(model)
        model.process_weights_(**processing)
        model.setup()  # the folded norms are new modules, whose hook points need their names
        tensors["processed.logits"] = model(tokens)
        tensors |= {f"processed.weights.{key}": value for key, value in model.named_parameters()}
        tensors |= attributions(model, tokens)
        common.write_tensors(tensors, common.ANALYSIS / f"{name}.safetensors")
        about[name] = {"processing": [*(step for step, taken in processing.items() if taken),
                                      "fold_value_biases"], "labels": labels}
    common.write_json(about, common.ANALYSIS / "labels.json")
