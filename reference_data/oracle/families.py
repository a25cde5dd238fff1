"""families/NAME/: a tiny random model of every architecture family, in the family's own format.

Each folder is what its publisher would upload: a config.json, and weights as safetensors or .bin, in
one file or in shards, in float32, float16 or bfloat16, with the unembedding tied or not. Hugging
Face's `transformers` makes the models and runs them; the toy models, whose layout is the classic
library's own, come from TransformerLens, and so do the folders `classic_*`: what that library
itself exports, `cfg.to_dict()` and `state_dict()`. Beside the weights lies

    expected.safetensors      for the inputs `one` [1, 11] and `two` [2, 8]:
        INPUT.tokens          int64
        INPUT.logits          [batch, pos, d_vocab]
        INPUT.resid.L         [batch, pos, d_model], the stream that layer L reads; the last one is
                              what the final norm reads (not `hidden_states[-1]`, which is after it)

computed in float32 from the weights as they are stored. The axes have unequal lengths, windows are
shorter than the inputs, and no parameter is zero or one, so that nothing can be forgotten unnoticed.

    python families.py            makes them all; `--check` compares them with the manifest,
                                  as `generate.py --check` does for every folder

The folders whose names begin with `v5_` are made by `families_5.py`.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

FAMILIES = Path(__file__).resolve().parent.parent / "families"

SIZES = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3,
         "intermediate_size": 40, "max_position_embeddings": 32,
         "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1}
GPT2_SIZES = {"vocab_size": 50, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 32,
              "bos_token_id": 0, "eos_token_id": 0}
GROUPED = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
FULL, SLIDING = "full_attention", "sliding_attention"

# Name -> class of transformers, its configuration, and how it is saved: `bin` for PyTorch instead of
# safetensors, `shards` for several files, `short` for names without the prefix of the whole model.
CASES: dict[str, tuple[str, dict, set[str]]] = {
    "gpt2": ("GPT2", GPT2_SIZES, {"short"}),
    "gpt2_bin": ("GPT2", {**GPT2_SIZES, "n_inner": 40, "scale_attn_by_inverse_layer_idx": True,
                          "tie_word_embeddings": False, "layer_norm_epsilon": 1e-3},
                 {"bin", "float16"}),
    "gpt_neo": ("GPTNeo", {
        "vocab_size": 50, "hidden_size": 24, "num_layers": 2, "num_heads": 3,
        "max_position_embeddings": 32, "intermediate_size": 40, "window_size": 4,
        "attention_types": [[["global", "local"], 1]], "bos_token_id": 0, "eos_token_id": 0},
        {"bin"}),
    "gptj": ("GPTJ", {**GPT2_SIZES, "n_inner": 40, "rotary_dim": 4}, {"bin", "float16"}),
    "gpt_neox": ("GPTNeoX", {**SIZES, "rotary_pct": 0.25, "rotary_emb_base": 500},
                 {"shards", "float16"}),
    "gpt_neox_sequential": ("GPTNeoX", {
        **SIZES, "rotary_pct": 0.75, "use_parallel_residual": False, "tie_word_embeddings": True},
        {"bin", "shards", "float16"}),
    "opt": ("OPT", {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "ffn_dim": 40,
                    "num_attention_heads": 3, "max_position_embeddings": 32,
                    "word_embed_proj_dim": 24, "pad_token_id": 1, "bos_token_id": 2,
                    "eos_token_id": 2}, {"bin", "float16"}),
    "bloom": ("Bloom", {"vocab_size": 50, "hidden_size": 24, "n_layer": 2, "n_head": 4},
              {"short"}),
    "llama": ("Llama", {**SIZES, **GROUPED, "rope_theta": 500.0}, {"shards"}),
    "llama3": ("Llama", {**SIZES, **GROUPED, "head_dim": 10, "tie_word_embeddings": True,
                         "attention_bias": True, "max_position_embeddings": 64,
                         "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
                                          "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                          "original_max_position_embeddings": 16}}, {"bfloat16"}),
    "llama_linear": ("Llama", {**SIZES, "rope_scaling": {"rope_type": "linear", "factor": 2.5}},
                     {"bin", "float16"}),
    "mistral": ("Mistral", {**SIZES, **GROUPED, "sliding_window": 4}, {"bfloat16"}),
    "qwen2": ("Qwen2", {**SIZES, "num_attention_heads": 4, "num_key_value_heads": 2,
                        "tie_word_embeddings": True}, {"bfloat16"}),
    "qwen2_window": ("Qwen2", {**SIZES, "num_attention_heads": 4, "num_key_value_heads": 4,
                               "use_sliding_window": True, "sliding_window": 3,
                               "max_window_layers": 1}, {"bfloat16"}),
    "qwen3": ("Qwen3", {**SIZES, **GROUPED}, {"bfloat16"}),
    "gemma": ("Gemma", {**SIZES, **GROUPED, "num_key_value_heads": 1}, {"bfloat16"}),
    "gemma2": ("Gemma2", {**SIZES, **GROUPED, "query_pre_attn_scalar": 13, "sliding_window": 4,
                          "attn_logit_softcapping": 1.5, "final_logit_softcapping": 2.5},
               {"shards"}),
    "gemma3": ("Gemma3", {**SIZES, **GROUPED, "query_pre_attn_scalar": 13, "sliding_window": 4,
                          "rope_theta": 900.0, "rope_local_base_freq": 50.0,
                          "layer_types": [SLIDING, FULL],
                          "rope_scaling": {"rope_type": "linear", "factor": 3.0}}, {"bfloat16"}),
    "gemma3_vision": ("Gemma3", {**SIZES, **GROUPED, "query_pre_attn_scalar": 8,
                                 "sliding_window": 5, "layer_types": [FULL, SLIDING]},
                      {"vision", "bfloat16"}),
    "phi": ("Phi", {**SIZES, "partial_rotary_factor": 0.5}, {"float16"}),
    "phi3": ("Phi3", {**SIZES, "num_attention_heads": 4, "num_key_value_heads": 2,
                      "sliding_window": 5, "partial_rotary_factor": 1.0}, {"bfloat16"}),
    "stablelm": ("StableLm", {**SIZES, "num_attention_heads": 3, "num_key_value_heads": 1,
                              "use_qkv_bias": True, "partial_rotary_factor": 0.25}, {"float16"}),
    "stablelm_parallel": ("StableLm", {**SIZES, "num_key_value_heads": 3,
                                       "use_parallel_residual": True,
                                       "partial_rotary_factor": 0.5}, {"float16"}),
}

TOY_SIZES = {"n_layers": 2, "d_model": 24, "n_ctx": 32, "d_head": 8, "n_heads": 3, "d_vocab": 50}
# Name -> the config.json of a published toy model, training flags and all, and the file's dtype.
TOYS: dict[str, tuple[dict, str]] = {
    "toy_attn_only": ({**TOY_SIZES, "d_mlp": 96, "act_fn": "solu_ln", "attn_only": True,
                       "normalization": "LN", "shortformer_pos": False, "lr": 0.001}, "float32"),
    "toy_gelu": ({**TOY_SIZES, "d_mlp": 40, "act_fn": "gelu", "attn_only": False,
                  "normalization_type": "LN", "batch_size": 4}, "float16"),
    "toy_solu": ({**TOY_SIZES, "d_mlp": 40, "act_fn": "solu_ln", "attn_only": False,
                  "normalization_type": "LN", "final_rms": True, "max_tokens": 1}, "float16"),
    "toy_shortformer": ({**TOY_SIZES, "d_mlp": None, "act_fn": "gelu", "attn_only": True,
                         "normalization_type": None, "shortformer_pos": True, "lr": 1},
                        "float16"),
}


CLASSIC = {**TOY_SIZES, "d_mlp": 40, "act_fn": "gelu", "device": "cpu"}
ROTARY = {**CLASSIC, "n_heads": 4, "d_head": 6, "positional_embedding_type": "rotary",
          "normalization_type": "RMS", "window_size": 3, "rotary_base": 500, "rotary_base_local": 50,
          "attn_types": ["local", "global"], "n_key_value_heads": 2}
# Name -> the configuration of a model that the classic library itself exports (its `cfg.to_dict()` and
# its state dict, buffers and all), whether its weights are processed first, and the file's name.
EXPORTS: dict[str, tuple[dict, bool, str]] = {
    "classic_alibi": ({**CLASSIC, "n_heads": 4, "d_head": 6, "positional_embedding_type": "alibi"},
                      False, "model.pth"),
    "classic_tied": ({**CLASSIC, "tie_word_embeddings": True}, False, "pytorch_model.bin"),
    "classic_tied_processed": ({**CLASSIC, "tie_word_embeddings": True}, True, "model.safetensors"),
    "classic_ntk": ({**ROTARY, "use_local_attn": True, "use_NTK_by_parts_rope": True,
                     "NTK_original_ctx_len": 16, "NTK_by_parts_factor": 4.0}, False, "weights.pt"),
    "classic_no_local": ({**ROTARY, "use_local_attn": False, "gated_mlp": True}, False,
                         "model.safetensors"),
    "classic_xielu": ({**CLASSIC, "act_fn": "xielu", "use_qk_norm": True}, False, "model.pth"),
}


def noise_into(model, generator, gains_around_zero: bool = False) -> None:
    """Every parameter random, at a scale where attention is neither uniform nor saturated."""
    import torch
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        last = name.split(".")[-1]
        if parameter.ndim == 1 and last in ("weight", "w"):
            value = 0.3 * noise + (0.0 if gains_around_zero else 1.0)
        elif parameter.ndim == 1 or last.startswith(("b_", "_b_")) or last == "b":
            value = 0.3 * noise
        elif "embed" in name or ".wte" in name or ".wpe" in name:
            value = 0.8 * noise
        else:
            value = noise / 24 ** 0.5
        parameter.copy_(value)


def inputs(generator) -> dict:
    import torch
    return {"one": torch.randint(0, 50, (1, 11), generator=generator),
            "two": torch.randint(0, 50, (2, 8), generator=generator)}


def expected(model, norm, generator) -> dict:
    """Tokens, logits and every layer's stream. `norm` is the final norm, whose input is the last."""
    found = {}
    seen = []
    handle = norm.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    for name, tokens in inputs(generator).items():
        out = model(tokens, output_hidden_states=True)
        streams = [*out.hidden_states[:-1], seen.pop()]
        found |= {f"{name}.tokens": tokens, f"{name}.logits": out.logits}
        found |= {f"{name}.resid.{layer}": stream for layer, stream in enumerate(streams)}
    handle.remove()
    return found


def final_norm(model):
    """The module between the last block and the unembedding, by whichever name."""
    paths = ("transformer.ln_f", "gpt_neox.final_layer_norm", "model.decoder.final_layer_norm",
             "model.norm", "model.final_layernorm")
    for path in paths:
        try:
            return model.get_submodule(path)
        except AttributeError:
            continue
    raise AssertionError("no final norm")


def save(model, folder: Path, how: set[str]):
    """Writes the model, and returns it as it reads in float32: `model.float()` after `half()` would
    keep rotation tables that were rounded."""
    import torch
    # transformers 5 writes safetensors only, and no longer takes the argument.
    formats = {"safe_serialization": False} if "bin" in how else {}
    model.save_pretrained(folder, max_shard_size="12KB" if "shards" in how else "5GB", **formats)
    (folder / "generation_config.json").unlink(missing_ok=True)
    return type(model).from_pretrained(folder, dtype=torch.float32,
                                       attn_implementation="eager").eval()


def rearrange(folder: Path, how: set[str]) -> None:
    """Into a layout that publishers used and `save_pretrained` no longer writes."""
    from safetensors.torch import load_file, save_file
    if "short" in how:  # as the first models were uploaded: without prefix, and with a mask
        path = folder / "model.safetensors"
        weights = {name.removeprefix("transformer."): w for name, w in load_file(path).items()}
        if "h.0.attn.c_attn.weight" in weights:
            import torch
            weights["h.0.attn.bias"] = torch.ones(1, 1, 4, 4).tril()
        save_file(weights, path, metadata={"format": "pt"})
    if "vision" in how:  # as a part of a model that also sees pictures
        import torch
        path = folder / "model.safetensors"
        weights = {f"language_model.{name}": w for name, w in load_file(path).items()}
        weights["vision_tower.vision_model.embeddings.patch_embedding.bias"] = torch.zeros(3)
        weights["multi_modal_projector.mm_input_projection_weight"] = torch.zeros(2, 2)
        save_file(weights, path, metadata={"format": "pt"})
        text = json.loads((folder / "config.json").read_text())
        whole = {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
                 "text_config": text, "vision_config": {"hidden_size": 3}}
        (folder / "config.json").write_text(json.dumps(whole, indent=1) + "\n")


def make_transformers_model(name: str, index: int) -> None:
    import common
    import torch
    import transformers
    family, fields, how = CASES[name]
    head = "LMHeadModel" if family == "GPT2" else "ForCausalLM"
    config_class = getattr(transformers, "Gemma3TextConfig" if family == "Gemma3" else f"{family}Config")
    config = config_class(**fields)
    config._attn_implementation = "eager"
    generator = torch.Generator().manual_seed(common.SEED + index)
    model = getattr(transformers, f"{family}{head}")(config).eval()
    noise_into(model, generator, gains_around_zero=family.startswith("Gemma"))
    for dtype in how & {"float16", "bfloat16"}:
        model = model.to(getattr(torch, dtype))
    folder = FAMILIES / name
    model = save(model, folder, how)
    rearrange(folder, how)
    common.write_tensors(expected(model, final_norm(model), generator),
                         folder / "expected.safetensors")


def make_toy(name: str, index: int) -> None:
    import common
    import torch
    from transformer_lens import HookedTransformer, HookedTransformerConfig
    published, dtype = TOYS[name]
    classic = {field: published[field] for field in (*TOY_SIZES, "d_mlp", "act_fn", "attn_only")}
    config = HookedTransformerConfig.from_dict({
        **classic, "final_rms": published.get("final_rms", False), "device": "cpu",
        "normalization_type": published.get("normalization", published.get("normalization_type")),
        "positional_embedding_type": "shortformer" if published.get("shortformer_pos") else "standard"})
    generator = torch.Generator().manual_seed(common.SEED + 100 + index)
    model = HookedTransformer(config).eval()
    noise_into(model, generator)
    weights = {key: value.to(getattr(torch, dtype)) if value.is_floating_point() else value
               for key, value in model.state_dict().items()}
    folder = FAMILIES / name
    folder.mkdir(parents=True)
    torch.save(weights, folder / "model_final.pth")
    (folder / "config.json").write_text(json.dumps(published, indent=1) + "\n")
    model.load_state_dict(weights)
    write_expected_of_classic(model, generator, folder)


def write_expected_of_classic(model, generator, folder: Path) -> None:
    import common
    config = model.cfg
    found = {}
    for batch, tokens in inputs(generator).items():
        logits, cache = model.run_with_cache(tokens, return_cache_object=False)
        found |= {f"{batch}.tokens": tokens, f"{batch}.logits": logits}
        found |= {f"{batch}.resid.{layer}": cache[f"blocks.{layer}.hook_resid_pre"]
                  for layer in range(config.n_layers)}
        found[f"{batch}.resid.{config.n_layers}"] = cache[f"blocks.{config.n_layers - 1}.hook_resid_post"]
    common.write_tensors(found, folder / "expected.safetensors")


def digests() -> dict[str, str]:
    return {path.relative_to(FAMILIES).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(FAMILIES.rglob("*"))
            if path.is_file() and path.name not in ("manifest.json", "README.md")}


def export(name: str, index: int) -> None:
    import common
    import torch
    from safetensors.torch import save_file
    from transformer_lens import HookedTransformer, HookedTransformerConfig
    fields, processed, file = EXPORTS[name]
    generator = torch.Generator().manual_seed(common.SEED + 300 + index)
    model = HookedTransformer(HookedTransformerConfig.from_dict(fields)).eval()
    constants = {key: value.clone() for key, value in model.state_dict().items() if "act_fn" in key}
    noise_into(model, generator)
    model.load_state_dict(constants, strict=False)  # xielu's, which stay as training starts from them
    if fields.get("tie_word_embeddings"):
        model.unembed.W_U.copy_(model.embed.W_E.T)
    if processed:
        model.process_weights_()
    folder = FAMILIES / name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(model.cfg.to_dict(), indent=1, default=str) + "\n")
    weights = {key: value.contiguous().clone() for key, value in model.state_dict().items()}
    if file.endswith(".safetensors"):
        save_file(weights, folder / file)
    else:
        torch.save(weights, folder / file)
    write_expected_of_classic(model, generator, folder)


def write_manifest() -> None:
    """The checksums of all folders; the versions of these packages beside those that others had."""
    from importlib.metadata import PackageNotFoundError, version
    path = FAMILIES / "manifest.json"
    versions = json.loads(path.read_text())["versions"] if path.exists() else {}
    here = {}
    for package in ("torch", "transformers", "transformer-lens", "safetensors"):
        try:
            here[package] = version(package)
        except PackageNotFoundError:
            continue
    versions[f"transformers {here['transformers'].split('.')[0]}"] = here
    about = {"command": "python families.py; python families_5.py", "seed": 398, "versions": versions}
    path.write_text(json.dumps({**about, "files": digests()}, indent=1) + "\n")
    for made in FAMILIES.rglob("*"):
        if made.is_file():
            made.chmod(0o644)


def generate() -> None:
    for old in FAMILIES.glob("*/"):
        if not old.name.startswith("v5_"):
            shutil.rmtree(old)
    for index, name in enumerate(CASES):
        make_transformers_model(name, index)
    for index, name in enumerate(TOYS):
        make_toy(name, index)
    for index, name in enumerate(EXPORTS):
        export(name, index)
    write_manifest()


def check() -> int:
    stored = json.loads((FAMILIES / "manifest.json").read_text())["files"]
    actual = digests()
    wrong = sorted(name for name in {*stored, *actual} if stored.get(name) != actual.get(name))
    print("\n".join(f"families/{name} has changed" for name in wrong) or "families: as their manifest says")
    return 1 if wrong else 0


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        generate()
    sys.exit(check())
