"""gradients/: what autograd says about the tiny models of parity/.

Each file NAME.safetensors has the gradients of one configuration, for up to two batches:

    loss.value                   the mean loss of parity's batch `three`
    loss.activations.<hook>      its gradient by every activation, by full hook name
    loss.weights.<name>          its gradient by every parameter, by its name in the state dict
    padded.*                     the same for parity's batch `padded`, reversed so that the padding
                                 is on the right; weights only
    logit_diff.value, logit_diff.activations.<resid_pre>
                                 the logit of token 5 less that of token 2 at the last position, the mean
                                 over the rows of `three`

Padding on the left is left out: its queries see no key at all, for which the classic library's softmax
is NaN going forward (and set to zero) and stays NaN going backward.

Everything is computed in float64 from the stored float32 weights, and then rounded.

The classic library normalizes the stream three times in every block, for queries, keys and values, with
the same result. Here it is one value, whose gradient is the sum of the three. Where the inputs of heads
are split the three values differ, and the gradient is that of the last, the one that a cache holds.

The tied models are configurations of parity/ whose unembedding is replaced by the embedding, so that
one parameter gets both gradients.
"""

import json

import torch
from safetensors.torch import load_file
from transformer_lens import HookedTransformer

import common
import parity

# The padding mask reaches attention, positions and loss; a few architectures have all three in every form.
PADDED = ["ln_gelu_new", "llama", "shortformer_ln_mlp", "alibi", "local_rotary", "soft_caps"]
TIED = ["ln_gelu_new", "soft_caps"]


def load(name: str, config: dict, tied: bool) -> tuple[HookedTransformer, common.Tensors]:
    """The model in float64, with gradients switched on, and the stored tensors of parity/."""
    stored = load_file(common.PARITY / f"{name}.safetensors")
    model = parity.build(config, torch.float64)
    weights = {key.removeprefix("weights."): value.double() for key, value in stored.items()
               if key.startswith("weights.")}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    known = {key for key, _ in model.named_buffers()} | {"pos_embed.W_pos"}
    assert not unexpected and not set(missing) - known, (missing, unexpected)
    if tied:
        del model.unembed._parameters["W_U"]
        with torch.enable_grad():
            model.unembed.W_U = model.embed.W_E.T
    for block in model.blocks:
        block.attn.alibi = None
    return model, stored


def backward(model: HookedTransformer, tokens: torch.Tensor, scalar, keep=lambda name: True,
             **kwargs) -> common.Tensors:
    """The scalar's value, and its gradients by activations and weights."""
    activations = {}

    def remember(value, hook):
        if value.is_floating_point() and keep(hook.name):
            value.retain_grad()
            activations.setdefault(hook.name, []).append(value)

    model.zero_grad()
    with torch.enable_grad(), model.hooks(fwd_hooks=[(lambda name: True, remember)]):
        value = scalar(model, tokens, **kwargs)
        value.backward()
    found = {"value": value.detach()}
    split = model.cfg.use_split_qkv_input or model.cfg.use_attn_in
    for name, values in activations.items():
        gradients = [value.grad for value in values]
        assert all(gradient is not None for gradient in gradients), name
        found[f"activations.{name}"] = gradients[-1] if split else sum(gradients)
    found |= {f"weights.{name}": parameter.grad for name, parameter in model.named_parameters()
              if parameter.grad is not None}
    assert all(value.isfinite().all() for value in found.values())
    return {name: value.detach().clone() for name, value in found.items()}


def loss(model, tokens, **kwargs):
    return model(tokens, return_type="loss", **kwargs)


def logit_diff(model, tokens):
    logits = model(tokens)[:, -1]
    return (logits[:, 5] - logits[:, 2]).mean()


def one(name: str, config: dict, tied: bool = False) -> common.Tensors:
    model, stored = load(name, config, tied)
    tokens = stored["three.tokens"]
    found = {f"loss.{key}": value for key, value in backward(model, tokens, loss).items()}
    diff = backward(model, tokens, logit_diff, keep=lambda hook: hook.endswith("hook_resid_pre"))
    found |= {f"logit_diff.{key}": value for key, value in diff.items() if not key.startswith("weights")}
    if name in PADDED and not tied:
        for block in model.blocks:
            block.attn.alibi = None
        padded, mask = (stored[f"padded.{key}"].flip(1) for key in ("tokens", "attention_mask"))
        of_weights = backward(model, padded, loss, keep=lambda hook: False, attention_mask=mask)
        found |= {f"padded.{key}": value for key, value in of_weights.items()}
        found |= {"padded.tokens": padded, "padded.attention_mask": mask}
    if config["positional_embedding_type"] == "alibi":
        found = {key: value for key, value in found.items() if not key.endswith("pos_embed.W_pos")}
    return found


def generate() -> None:
    configs = json.loads((common.PARITY / "configs.json").read_text())
    common.GRADIENTS.mkdir(exist_ok=True)
    for old in common.GRADIENTS.glob("*.safetensors"):
        old.unlink()
    for name, about in configs.items():
        common.write_tensors(one(name, about["config"]), common.GRADIENTS / f"{name}.safetensors")
    for name in TIED:
        tensors = one(name, configs[name]["config"], tied=True)
        common.write_tensors(tensors, common.GRADIENTS / f"{name}_tied.safetensors")


if __name__ == "__main__":
    generate()
