"""parity/: tiny models with random weights, one a combination of the configuration's flags.

Each file NAME.safetensors holds

    weights.<name in the state dict>   every parameter, biases and gains included, none of them zero
    three.*  one.*  padded.*           three batches: 3 rows of 7 tokens, 1 row of 9, and 3 rows of 6
                                       with 3, 1 and no pad tokens on the left
    <batch>.tokens, .logits, .loss, .loss_per_token, and every cached activation by full hook name

`padded` also holds `padded.attention_mask` (1 = a real token), which the run was given; its loss
leaves pads out, and `loss_per_token` is 0 where either token is one.

configs.json maps NAME to `config`, TransformerLens's field names, only those that differ from its
defaults; `about`, what is special; `float32_noise`, for each batch the largest difference of any
activation and of the logits between this run and one in float64 with the same weights.

The axis lengths are unequal, so that a transposed axis cannot go unnoticed. Peculiarities of
the classic library show in these files, and a port has to decide about each:

* with `attention_dir="bidirectional"` the padding mask is ignored (positions still follow it);
* LayerNorm's hook_normalized comes after the gain and the bias, RMSNorm's before the gain;
* ALiBi's bias is kept from the longest text so far, and then cut from the wrong end for a shorter
  one: every score of a query moves by the same amount, which softmax takes away again. Here the
  bias is forgotten before each batch, so that the stored scores are what the definition says;
* the norms of queries and keys see them as a list of vectors: their hook_scale is
  [batch * pos * head, 1], their hook_normalized [batch * pos * head, d_head];
* with `act_fn="solu_ln"` the normalization inside the MLP is a LayerNorm: with gain and bias if
  `normalization_type` is "LN", and without them for every other type, RMS included.

With "alibi" the library also has an unused pos_embed.W_pos; it is left out.
"""

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig

import common

BASE = {
    "n_layers": 2, "d_model": 12, "n_ctx": 17, "d_head": 5, "n_heads": 2, "d_mlp": 14,
    "d_vocab": 23, "act_fn": "gelu_new", "normalization_type": "LN",
    "positional_embedding_type": "standard",
}
ATTENTION_ONLY = {"attn_only": True, "d_mlp": None, "act_fn": None}
RESULT = {"use_attn_result": True}
MLP_IN = {"use_hook_mlp_in": True}
NO_NORM = {"normalization_type": None}
SHORTFORMER = {"positional_embedding_type": "shortformer"}
ALIBI = {"positional_embedding_type": "alibi"}
ROTARY = {"positional_embedding_type": "rotary", "d_head": 8}
GROUPED = {"n_heads": 4, "n_key_value_heads": 2}
SPLIT = {"use_split_qkv_input": True}

# Name -> what is special, and the fields that differ from BASE.
CONFIGS: dict[str, tuple[str, dict]] = {
    # normalization x activation
    "ln_gelu_new": ("GPT-2", {**RESULT, **MLP_IN}),
    "ln_gelu": ("the exact gelu", {"act_fn": "gelu"}),
    "ln_relu": ("OPT", {"act_fn": "relu"}),
    "ln_solu": ("solu without its LayerNorm", {"act_fn": "solu"}),
    "ln_solu_ln": ("solu with a LayerNorm inside the MLP", {"act_fn": "solu_ln"}),
    "lnpre_gelu_fast": ("folded LayerNorm", {"normalization_type": "LNPre", "act_fn": "gelu_fast"}),
    "lnpre_solu_ln": ("both without gain", {"normalization_type": "LNPre", "act_fn": "solu_ln"}),
    "rms_silu": ("RMSNorm", {**MLP_IN, "normalization_type": "RMS", "act_fn": "silu"}),
    "rms_solu_ln": ("LayerNorm in the MLP of an RMSNorm model",
                    {"normalization_type": "RMS", "act_fn": "solu_ln"}),
    "rmspre_gelu": ("folded RMSNorm", {"normalization_type": "RMSPre", "act_fn": "gelu"}),
    "none_gelu_new": ("no normalisation, at the end neither", NO_NORM),
    "none_solu_ln": ("the MLP's LayerNorm is the only one", {**NO_NORM, "act_fn": "solu_ln"}),
    "large_eps": ("eps 0.3 shows where it is added", {"eps": 0.3}),
    # attention only
    "attn_only_ln": ("no MLP", ATTENTION_ONLY),
    "attn_only_none": ("no MLP, no normalisation", {**ATTENTION_ONLY, **NO_NORM, **RESULT}),
    # shortformer: positions reach queries and keys only
    "shortformer_attn_only_none": ("attn-only-2l-tales", {
        **SHORTFORMER, **ATTENTION_ONLY, **NO_NORM, **RESULT}),
    "shortformer_attn_only_split": ("positions are added after hook_q_input and hook_k_input",
                                    {**SHORTFORMER, **ATTENTION_ONLY, **NO_NORM, **SPLIT}),
    "shortformer_ln_mlp": ("positions are added after ln1", SHORTFORMER),
    "shortformer_ln_attn_in": ("positions are added after hook_attn_in and ln1",
                               {**SHORTFORMER, "use_attn_in": True}),
    "shortformer_rms_split": ("hook_normalized before gain and positions",
                              {**SHORTFORMER, **SPLIT, "normalization_type": "RMS"}),
    # rotary
    "rotary_halves": ("NeoX pairs: i and i + rotary_dim / 2", ROTARY),
    "rotary_adjacent": ("GPT-J pairs: 2i and 2i + 1", {**ROTARY, "rotary_adjacent_pairs": True}),
    "rotary_halves_partial": ("the last of 5 dimensions is not rotated",
                              {**ROTARY, "d_head": 5, "rotary_dim": 4}),
    "rotary_adjacent_partial": ("other base", {**ROTARY, "rotary_adjacent_pairs": True,
                                               "rotary_dim": 4, "rotary_base": 100}),
    "rotary_parallel": ("GPT-NeoX: the MLP reads resid_pre", {
        **ROTARY, **RESULT, **MLP_IN, "rotary_dim": 2, "parallel_attn_mlp": True}),
    "llama": ("RMSNorm, gated silu, grouped queries", {
        **ROTARY, **GROUPED, **RESULT, **MLP_IN, "normalization_type": "RMS", "act_fn": "silu",
        "gated_mlp": True, "rotary_base": 500}),
    # alibi
    "alibi": ("a bias on scores instead of positions", {**ALIBI, **RESULT}),
    # MLP
    "gated_ln": ("b_in is added after the product", {"gated_mlp": True}),
    "gated_none_relu": ("no normalisation", {**NO_NORM, "gated_mlp": True, "act_fn": "relu"}),
    "parallel_ln": ("GPT-J without rotary", {**MLP_IN, "parallel_attn_mlp": True}),
    # grouped queries
    "grouped": ("hook_k and hook_v have 2 heads", {**GROUPED, **RESULT}),
    "grouped_ungrouped": ("hook_k and hook_v have 4 heads",
                          {**GROUPED, "ungroup_grouped_query_attention": True}),
    "grouped_split": ("hook_k_input and hook_v_input have 2 heads", {**GROUPED, **SPLIT}),
    "grouped_one": ("multi-query", {"n_heads": 4, "n_key_value_heads": 1}),
    # masks
    "local": ("GPT-Neo: layer 1 sees 3 tokens, itself included",
              {"use_local_attn": True, "window_size": 3, "attn_types": ["global", "local"]}),
    "local_rotary": ("layer 0 sees 4 tokens", {**ROTARY, "use_local_attn": True, "window_size": 4,
                          "attn_types": ["local", "global"]}),
    "bidirectional": ("no mask at all", {"attention_dir": "bidirectional"}),
    # scales and caps
    "soft_caps": ("of scores and of logits", {"attn_scores_soft_cap": 1.5,
                                              "output_logits_soft_cap": 2.5}),
    "soft_cap_alibi": ("the cap comes before the bias; 3 heads, not a power of two",
                       {**ALIBI, "n_heads": 3, "attn_scores_soft_cap": 0.7}),
    "inverse_layer": ("layer 1's scores are halved", {"scale_attn_by_inverse_layer_idx": True}),
    "attn_scale": ("scores are divided by 1.7", {"attn_scale": 1.7}),
    "no_attn_scale": ("scores are not divided", {"use_attn_scale": False}),
    # more hook points
    "attn_in": ("hook_attn_in", {"use_attn_in": True}),
    "all_hooks": ("every one that is not there by default, but hook_attn_in",
                  {**SPLIT, **RESULT, **MLP_IN, "use_hook_tokens": True}),
    "vocab_out": ("19 logits for 23 tokens", {"d_vocab_out": 19}),
    # norms of queries and keys (last: a configuration's place in this list is its seed)
    "qk_norm": ("eps 0.3 shows where it is added", {"use_qk_norm": True, "eps": 0.3}),
    "qk_norm_rotary": ("Qwen 3: norms before the rotation, k_norm of 2 heads", {
        **ROTARY, **GROUPED, **RESULT, "normalization_type": "RMS", "act_fn": "silu",
        "gated_mlp": True, "use_qk_norm": True}),
}


def random_weights(model: HookedTransformer, generator: torch.Generator) -> None:
    """Every parameter, none zero: a forgotten bias or gain has to show.

    Matrices have a scale at which attention is neither uniform nor saturated; a smaller one where
    no normalization keeps the residual stream from growing.
    """
    scale = 0.6 if model.cfg.normalization_type is None else 1.0
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        kind = name.split(".")[-1]
        if kind == "w":  # a normalization's gain
            value = 1 + 0.3 * noise
        elif kind.lstrip("_").startswith("b"):
            value = 0.3 * noise
        elif kind in ("W_E", "W_pos"):
            value = 0.8 * noise
        else:
            value = scale * noise / parameter.shape[-2] ** 0.5
        parameter.copy_(value)


def batches(d_vocab: int, generator: torch.Generator) -> dict[str, dict[str, torch.Tensor]]:
    """Tokens and, for `padded`, the mask. The pad token is 0, and is also used as a real token."""
    shapes = {"three": (3, 7), "one": (1, 9), "padded": (3, 6)}
    found = {name: {"input": torch.randint(0, d_vocab, shape, generator=generator)}
             for name, shape in shapes.items()}
    mask = torch.ones(shapes["padded"], dtype=torch.int64)
    for row, pads in enumerate((3, 1, 0)):
        mask[row, :pads] = 0
    found["padded"]["input"] *= mask
    found["padded"]["attention_mask"] = mask
    return found


def build(config: dict, dtype: torch.dtype) -> HookedTransformer:
    fields = {**config, "device": "cpu", "dtype": dtype}
    return HookedTransformer(HookedTransformerConfig.from_dict(fields)).eval()


def one(config: dict, seed: int) -> tuple[common.Tensors, dict[str, float]]:
    """The tensors of one configuration, and each batch's noise."""
    generator = torch.Generator().manual_seed(seed)
    model, double = build(config, torch.float32), build(config, torch.float64)
    random_weights(model, generator)
    double.load_state_dict({k: v.double() if v.is_floating_point() else v
                            for k, v in model.state_dict().items()
                            if not k.endswith(("rotary_sin", "rotary_cos"))}, strict=False)
    dead = {"pos_embed.W_pos"} if config["positional_embedding_type"] == "alibi" else set()
    tensors = {f"weights.{name}": parameter for name, parameter in model.named_parameters()
               if name not in dead}
    noise = {}
    vocabulary = min(config["d_vocab"], config.get("d_vocab_out", config["d_vocab"]))
    for batch, given in batches(vocabulary, generator).items():
        tokens, rest = given["input"], {k: v for k, v in given.items() if k != "input"}
        for block in (*model.blocks, *double.blocks):
            block.attn.alibi = None
        found = common.run(model, tokens, **rest)
        noise[batch] = max(common.noise(found, common.run(double, tokens, **rest)).values())
        tensors.update({f"{batch}.{name}": value for name, value in {**found, **rest}.items()})
    return tensors, noise


def generate() -> None:
    configs = {}
    for old in common.PARITY.glob("*.safetensors"):  # a renamed configuration leaves no file behind
        old.unlink()
    for index, (name, (about, changes)) in enumerate(CONFIGS.items()):
        config = {**BASE, **changes}
        tensors, noise = one(config, common.SEED + index)
        common.write_tensors(tensors, common.PARITY / f"{name}.safetensors")
        configs[name] = {"about": about, "config": config, "float32_noise": noise}
    common.write_json(configs, common.PARITY / "configs.json")
