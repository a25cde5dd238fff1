"""families/v5_NAME/: the families once more, as transformers 5 writes their configurations.

transformers 5 keeps everything about the rotation in one field, `rope_parameters` (nested by layer
type in Gemma 3), where version 4 has `rope_theta`, `rope_scaling`, `partial_rotary_factor` and the
like. A model here is one whose rotation differs from every default, so that an unread key shows.
Files and arrays are those of `families.py`, which see.

It needs a Python of its own, since TransformerLens 2.18 asks for version 4:

    pip install -r requirements-transformers-5.txt
    python families_5.py          makes the v5_ folders and renews the manifest
"""

import json
import os
import shutil

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", CUDA_VISIBLE_DEVICES="",
                  OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch
import transformers
from safetensors.torch import save_file

import families
from families import FAMILIES, FULL, GPT2_SIZES, GROUPED, SIZES, SLIDING

torch.set_num_threads(1)
torch.set_grad_enabled(False)

SEED = 398
LLAMA3 = {"rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
LINEAR = {"rope_type": "linear", "rope_theta": 700.0, "factor": 2.5}
PARTIAL = {"rope_type": "default", "rope_theta": 300.0, "partial_rotary_factor": 0.5}
OTHER_BASE = {"rope_type": "default", "rope_theta": 200.0}
OPT_SIZES = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "ffn_dim": 40,
             "num_attention_heads": 3, "max_position_embeddings": 32, "word_embed_proj_dim": 24,
             "pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 2}
NEO_SIZES = {"vocab_size": 50, "hidden_size": 24, "num_layers": 2, "num_heads": 3,
             "max_position_embeddings": 32, "intermediate_size": 40, "window_size": 4,
             "attention_types": [[["global", "local"], 1]], "bos_token_id": 0, "eos_token_id": 0}

# Name -> class of transformers, and its configuration.
CASES: dict[str, tuple[str, dict]] = {
    "gpt2": ("GPT2", GPT2_SIZES),
    "gpt_neo": ("GPTNeo", NEO_SIZES),
    "gptj": ("GPTJ", {**GPT2_SIZES, "n_inner": 40, "rotary_dim": 4}),
    "gpt_neox": ("GPTNeoX", {**SIZES, "rope_parameters": {**LINEAR, "partial_rotary_factor": 0.75}}),
    "opt": ("OPT", OPT_SIZES),
    "bloom": ("Bloom", {"vocab_size": 50, "hidden_size": 24, "n_layer": 2, "n_head": 4}),
    "llama3": ("Llama", {**SIZES, **GROUPED, "rope_parameters": LLAMA3}),
    "llama_linear": ("Llama", {**SIZES, "rope_parameters": LINEAR}),
    "mistral": ("Mistral", {**SIZES, **GROUPED, "sliding_window": 4, "rope_parameters": OTHER_BASE}),
    "qwen2": ("Qwen2", {**SIZES, "num_attention_heads": 4, "num_key_value_heads": 2,
                        "use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1,
                        "rope_parameters": LINEAR}),
    "qwen3": ("Qwen3", {**SIZES, **GROUPED, "rope_parameters": LLAMA3}),
    "gemma": ("Gemma", {**SIZES, **GROUPED, "num_key_value_heads": 1, "hidden_act": "gelu",
                        "rope_parameters": OTHER_BASE}),
    "gemma2": ("Gemma2", {**SIZES, **GROUPED, "query_pre_attn_scalar": 13, "sliding_window": 4,
                          "attn_logit_softcapping": 1.5, "final_logit_softcapping": 2.5,
                          "rope_parameters": LINEAR}),
    "gemma3": ("Gemma3", {**SIZES, **GROUPED, "query_pre_attn_scalar": 13, "sliding_window": 4,
                          "layer_types": [SLIDING, FULL],
                          "rope_parameters": {FULL: LLAMA3, SLIDING: {**OTHER_BASE, "rope_theta": 50.0}}}),
    "gemma3_both": ("Gemma3", {**SIZES, **GROUPED, "query_pre_attn_scalar": 13, "sliding_window": 4,
                               "layer_types": [FULL, SLIDING],
                               "rope_parameters": {FULL: OTHER_BASE, SLIDING: LINEAR}}),
    "phi": ("Phi", {**SIZES, "rope_parameters": {**LINEAR, "partial_rotary_factor": 0.75}}),
    "phi3": ("Phi3", {**SIZES, "sliding_window": 5, "rope_parameters": PARTIAL}),
    "stablelm": ("StableLm", {**SIZES, "num_key_value_heads": 1, "use_qkv_bias": True,
                              "rope_parameters": {**LLAMA3, "partial_rotary_factor": 0.75}}),
}


def make(name: str, index: int) -> None:
    family, fields = CASES[name]
    head = "LMHeadModel" if family == "GPT2" else "ForCausalLM"
    config_class = getattr(transformers, "Gemma3TextConfig" if family == "Gemma3" else f"{family}Config")
    config = config_class(**json.loads(json.dumps(fields)))
    config._attn_implementation = "eager"
    generator = torch.Generator().manual_seed(SEED + 200 + index)
    model = getattr(transformers, f"{family}{head}")(config).eval()
    families.noise_into(model, generator, gains_around_zero=family.startswith("Gemma"))
    folder = FAMILIES / f"v5_{name}"
    model = families.save(model.to(torch.float16), folder, set())
    arrays = families.expected(model, families.final_norm(model), generator)
    save_file({key: value.contiguous() for key, value in arrays.items()},
              folder / "expected.safetensors")


def generate() -> None:
    for old in FAMILIES.glob("v5_*/"):
        shutil.rmtree(old)
    for index, name in enumerate(CASES):
        make(name, index)
    families.write_manifest()


if __name__ == "__main__":
    generate()
