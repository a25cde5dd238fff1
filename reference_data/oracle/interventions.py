"""parity/interventions.safetensors: activation patching, head detection and head ablation by the classic
library, on the tiny random models of parity.py (their weights are in that model's own file).

For each MODEL in MODELS, float32:

    MODEL.clean, .corrupted          [batch, pos]: two rows; they differ at position 2 and, in the
                                     second row, at position 4 as well
    MODEL.<name of the patch function without get_act_patch_>
                                     what transformer_lens.patching returns, the metric being
                                     logits[0, -1, 3] - logits[1, -2, 5]
    MODEL.detect.<pattern>.<measure>.<excluded>
                                     detect_head on MODEL.detect.tokens [1, pos]; patterns previous,
                                     duplicate, induction and custom (MODEL.detect.custom); excluded
                                     is none, bos, current or both. The library rounds `abs` to three
                                     digits
    MODEL.ablation.zero, .batch_mean [layer, head]: the metric, of the corrupted input, with that
                                     head's z at zero, or at its mean over the batch
"""

import torch
from safetensors.torch import load_file
from transformer_lens import head_detector, patching

import common
import parity

MODELS = ["ln_gelu_new", "shortformer_attn_only_none", "rotary_parallel", "grouped"]
PATCHES = ["resid_pre", "attn_out", "mlp_out", "resid_mid", "attn_head_out_by_pos",
           "attn_head_q_by_pos", "attn_head_k_by_pos", "attn_head_v_by_pos",
           "attn_head_pattern_by_pos", "attn_head_pattern_dest_src_pos", "attn_head_out_all_pos",
           "attn_head_q_all_pos", "attn_head_k_all_pos", "attn_head_v_all_pos",
           "attn_head_pattern_all_pos", "attn_head_all_pos_every", "attn_head_by_pos_every",
           "block_every"]
CLEAN = torch.tensor([[1, 5, 9, 2, 7, 3], [4, 8, 11, 6, 13, 10]])
CORRUPTED = torch.tensor([[1, 5, 14, 2, 7, 3], [4, 8, 16, 6, 12, 10]])
REPEATED = torch.tensor([[0, 5, 9, 2, 5, 9, 2, 9]])
EXCLUDED = {"none": {}, "bos": {"exclude_bos": True}, "current": {"exclude_current_token": True},
            "both": {"exclude_bos": True, "exclude_current_token": True}}


def metric(logits: torch.Tensor) -> torch.Tensor:
    return logits[0, -1, 3] - logits[1, -2, 5]


def load(name: str):
    """A model of parity.py, with the weights that were stored."""
    model = parity.build({**parity.BASE, **parity.CONFIGS[name][1]}, torch.float32)
    stored = load_file(common.PARITY / f"{name}.safetensors")
    weights = {key.removeprefix("weights."): value for key, value in stored.items()
               if key.startswith("weights.")}
    _, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected, unexpected
    return model


def patches(model) -> common.Tensors:
    _, cache = model.run_with_cache(CLEAN)
    # a model has an MLP, and a stream between it and attention, or it has not
    absent = {"mlp_out", "block_every"} if model.cfg.attn_only else set()
    if model.cfg.attn_only or model.cfg.parallel_attn_mlp:
        absent.add("resid_mid")
    return {name: getattr(patching, f"get_act_patch_{name}")(model, CORRUPTED, cache, metric)
            for name in PATCHES if name not in absent}


def detections(model) -> common.Tensors:
    model.to_tokens = lambda text: REPEATED  # these models have no tokenizer
    size = REPEATED.shape[1]
    custom = torch.tril(torch.rand(size, size, generator=torch.Generator().manual_seed(common.SEED)))
    wanted = {"previous": "previous_token_head", "duplicate": "duplicate_token_head",
              "induction": "induction_head", "custom": custom}
    found = {"tokens": REPEATED, "custom": custom}
    for name, pattern in wanted.items():
        for measure in ("mul", "abs"):
            for excluded, flags in EXCLUDED.items():
                found[f"{name}.{measure}.{excluded}"] = head_detector.detect_head(
                    model, "", pattern, error_measure=measure, **flags)
    return found


def ablations(model) -> common.Tensors:
    def ablated(layer: int, head: int, mean: bool) -> float:
        def ablate(z, hook):
            z[:, :, head] = z[:, :, head].mean(0) if mean else 0.0
            return z

        hooks = [(f"blocks.{layer}.attn.hook_z", ablate)]
        return metric(model.run_with_hooks(CORRUPTED, fwd_hooks=hooks)).item()

    return {name: torch.tensor([[ablated(layer, head, mean) for head in range(model.cfg.n_heads)]
                                for layer in range(model.cfg.n_layers)])
            for name, mean in (("zero", False), ("batch_mean", True))}


def generate() -> None:
    tensors: common.Tensors = {}
    for name in MODELS:
        model = load(name)
        found = {"clean": CLEAN, "corrupted": CORRUPTED, **patches(model)}
        found.update({f"ablation.{kind}": value for kind, value in ablations(model).items()})
        found.update({f"detect.{kind}": value for kind, value in detections(model).items()})
        tensors.update({f"{name}.{kind}": value for kind, value in found.items()})
    common.write_tensors(tensors, common.PARITY / "interventions.safetensors")
