//! The models that have a name here: the classic library's names and aliases where it has them.
//!
//! A name is a convenience: it stands for a repository of the hub, whose own `config.json` says what the model is. Any
//! other repository of the same architectures loads by `owner/name`.

use crate::architecture::config::HookedTransformerConfig;
use crate::loading::families::neel;
use crate::nearest::nearest;

/// A published model.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Its repository on the hub.
    pub repo: &'static str,
    /// Its architecture, by the class name in its `config.json`; `neel` for models in TransformerLens's own layout.
    pub architecture: &'static str,
    /// Number of parameters, as its publisher gives it.
    pub size: &'static str,
}

const GPT2: &str = "GPT2LMHeadModel";
const NEO: &str = "GPTNeoForCausalLM";
const GPTJ: &str = "GPTJForCausalLM";
const NEOX: &str = "GPTNeoXForCausalLM";
const OPT: &str = "OPTForCausalLM";
const BLOOM: &str = "BloomForCausalLM";
const LLAMA: &str = "LlamaForCausalLM";
const MISTRAL: &str = "MistralForCausalLM";
const QWEN2: &str = "Qwen2ForCausalLM";
const QWEN3: &str = "Qwen3ForCausalLM";
const GEMMA1: &str = "GemmaForCausalLM";
const GEMMA2: &str = "Gemma2ForCausalLM";
const GEMMA3: &str = "Gemma3ForCausalLM";
const GEMMA3_VISION: &str = "Gemma3ForConditionalGeneration";
const PHI: &str = "PhiForCausalLM";
const PHI3: &str = "Phi3ForCausalLM";
const STABLELM: &str = "StableLmForCausalLM";
const NEEL: &str = "neel";

const fn m(
    name: &'static str,
    repo: &'static str,
    architecture: &'static str,
    size: &'static str,
    aliases: &'static [&'static str],
) -> ModelInfo {
    ModelInfo { name, aliases, repo, architecture, size }
}

/// The repository of the notebook's two-layer model, which has no `config.json`.
const ATTN_ONLY_2L_HALF: &str = "callummcdougall/attn_only_2L_half";

#[rustfmt::skip]
static MODELS: &[ModelInfo] = &[
    m("gpt2-small", "openai-community/gpt2", GPT2, "124M", &["gpt2"]),
    m("gpt2-medium", "openai-community/gpt2-medium", GPT2, "355M", &[]),
    m("gpt2-large", "openai-community/gpt2-large", GPT2, "774M", &[]),
    m("gpt2-xl", "openai-community/gpt2-xl", GPT2, "1.5B", &[]),
    m("distilgpt2", "distilbert/distilgpt2", GPT2, "82M", &["distillgpt2", "distill-gpt2", "distil-gpt2", "gpt2-xs"]),
    m("stanford-gpt2-small-a", "stanford-crfm/alias-gpt2-small-x21", GPT2, "124M", &["alias-gpt2-small-x21"]),
    m("stanford-gpt2-small-b", "stanford-crfm/battlestar-gpt2-small-x49", GPT2, "124M", &["battlestar-gpt2-small-x49"]),
    m("stanford-gpt2-small-c", "stanford-crfm/caprica-gpt2-small-x81", GPT2, "124M", &["caprica-gpt2-small-x81"]),
    m("stanford-gpt2-small-d", "stanford-crfm/darkmatter-gpt2-small-x343", GPT2, "124M", &["darkmatter-gpt2-small-x343"]),
    m("stanford-gpt2-small-e", "stanford-crfm/expanse-gpt2-small-x777", GPT2, "124M", &["expanse-gpt2-small-x777"]),
    m("stanford-gpt2-medium-a", "stanford-crfm/arwen-gpt2-medium-x21", GPT2, "355M", &["arwen-gpt2-medium-x21"]),
    m("stanford-gpt2-medium-b", "stanford-crfm/beren-gpt2-medium-x49", GPT2, "355M", &["beren-gpt2-medium-x49"]),
    m("stanford-gpt2-medium-c", "stanford-crfm/celebrimbor-gpt2-medium-x81", GPT2, "355M", &["celebrimbor-gpt2-medium-x81"]),
    m("stanford-gpt2-medium-d", "stanford-crfm/durin-gpt2-medium-x343", GPT2, "355M", &["durin-gpt2-medium-x343"]),
    m("stanford-gpt2-medium-e", "stanford-crfm/eowyn-gpt2-medium-x777", GPT2, "355M", &["eowyn-gpt2-medium-x777"]),
    m("gpt-neo-125M", "EleutherAI/gpt-neo-125m", NEO, "125M", &["gpt-neo-small", "neo-small", "neo"]),
    m("gpt-neo-1.3B", "EleutherAI/gpt-neo-1.3B", NEO, "1.3B", &["gpt-neo-medium", "neo-medium"]),
    m("gpt-neo-2.7B", "EleutherAI/gpt-neo-2.7B", NEO, "2.7B", &["gpt-neo-large", "neo-large"]),
    m("tiny-stories-1M", "roneneldan/TinyStories-1M", NEO, "1M", &[]),
    m("tiny-stories-3M", "roneneldan/TinyStories-3M", NEO, "3M", &[]),
    m("tiny-stories-8M", "roneneldan/TinyStories-8M", NEO, "8M", &[]),
    m("tiny-stories-28M", "roneneldan/TinyStories-28M", NEO, "28M", &[]),
    m("tiny-stories-33M", "roneneldan/TinyStories-33M", NEO, "33M", &[]),
    m("tiny-stories-instruct-1M", "roneneldan/TinyStories-Instruct-1M", NEO, "1M", &[]),
    m("tiny-stories-instruct-3M", "roneneldan/TinyStories-Instruct-3M", NEO, "3M", &[]),
    m("tiny-stories-instruct-8M", "roneneldan/TinyStories-Instruct-8M", NEO, "8M", &[]),
    m("tiny-stories-instruct-28M", "roneneldan/TinyStories-Instruct-28M", NEO, "28M", &[]),
    m("tiny-stories-instruct-33M", "roneneldan/TinyStories-Instruct-33M", NEO, "33M", &[]),
    m("tiny-stories-1L-21M", "roneneldan/TinyStories-1Layer-21M", NEO, "21M", &[]),
    m("tiny-stories-2L-33M", "roneneldan/TinyStories-2Layers-33M", NEO, "33M", &[]),
    m("tiny-stories-instruct-1L-21M", "roneneldan/TinyStories-Instuct-1Layer-21M", NEO, "21M", &[]),
    m("tiny-stories-instruct-2L-33M", "roneneldan/TinyStories-Instruct-2Layers-33M", NEO, "33M", &[]),
    m("gpt-j-6B", "EleutherAI/gpt-j-6b", GPTJ, "6B", &["gpt-j", "gptj"]),
    m("gpt-neox-20b", "EleutherAI/gpt-neox-20b", NEOX, "20B", &["gpt-neox", "neox"]),
    m("pythia-14m", "EleutherAI/pythia-14m", NEOX, "14M", &[]),
    m("pythia-31m", "EleutherAI/pythia-31m", NEOX, "31M", &[]),
    m("pythia-70m", "EleutherAI/pythia-70m", NEOX, "70M", &["pythia", "pythia-19m", "EleutherAI/pythia-19m"]),
    m("pythia-160m", "EleutherAI/pythia-160m", NEOX, "160M", &["pythia-125m", "EleutherAI/pythia-125m"]),
    m("pythia-410m", "EleutherAI/pythia-410m", NEOX, "410M", &["pythia-350m", "EleutherAI/pythia-350m"]),
    m("pythia-1b", "EleutherAI/pythia-1b", NEOX, "1B", &["pythia-800m", "EleutherAI/pythia-800m"]),
    m("pythia-1.4b", "EleutherAI/pythia-1.4b", NEOX, "1.4B", &["pythia-1.3b", "EleutherAI/pythia-1.3b"]),
    m("pythia-2.8b", "EleutherAI/pythia-2.8b", NEOX, "2.8B", &["pythia-2.7b", "EleutherAI/pythia-2.7b"]),
    m("pythia-6.9b", "EleutherAI/pythia-6.9b", NEOX, "6.9B", &["pythia-6.7b", "EleutherAI/pythia-6.7b"]),
    m("pythia-12b", "EleutherAI/pythia-12b", NEOX, "12B", &["pythia-13b", "EleutherAI/pythia-13b"]),
    m("pythia-70m-deduped", "EleutherAI/pythia-70m-deduped", NEOX, "70M", &["pythia-19m-deduped", "EleutherAI/pythia-19m-deduped"]),
    m("pythia-160m-deduped", "EleutherAI/pythia-160m-deduped", NEOX, "160M", &["pythia-125m-deduped", "EleutherAI/pythia-125m-deduped"]),
    m("pythia-410m-deduped", "EleutherAI/pythia-410m-deduped", NEOX, "410M", &["pythia-350m-deduped", "EleutherAI/pythia-350m-deduped"]),
    m("pythia-1b-deduped", "EleutherAI/pythia-1b-deduped", NEOX, "1B", &["pythia-800m-deduped", "EleutherAI/pythia-800m-deduped"]),
    m("pythia-1.4b-deduped", "EleutherAI/pythia-1.4b-deduped", NEOX, "1.4B", &["pythia-1.3b-deduped", "EleutherAI/pythia-1.3b-deduped"]),
    m("pythia-2.8b-deduped", "EleutherAI/pythia-2.8b-deduped", NEOX, "2.8B", &["pythia-2.7b-deduped", "EleutherAI/pythia-2.7b-deduped"]),
    m("pythia-6.9b-deduped", "EleutherAI/pythia-6.9b-deduped", NEOX, "6.9B", &["pythia-6.7b-deduped", "EleutherAI/pythia-6.7b-deduped"]),
    m("pythia-12b-deduped", "EleutherAI/pythia-12b-deduped", NEOX, "12B", &["pythia-13b-deduped", "EleutherAI/pythia-13b-deduped"]),
    m("pythia-160m-seed1", "EleutherAI/pythia-160m-seed1", NEOX, "160M", &["pythia-125m-seed1"]),
    m("pythia-160m-seed2", "EleutherAI/pythia-160m-seed2", NEOX, "160M", &["pythia-125m-seed2"]),
    m("pythia-160m-seed3", "EleutherAI/pythia-160m-seed3", NEOX, "160M", &["pythia-125m-seed3"]),
    m("stablelm-base-alpha-3b", "stabilityai/stablelm-base-alpha-3b", NEOX, "3B", &["stablelm-base-3b"]),
    m("stablelm-base-alpha-7b", "stabilityai/stablelm-base-alpha-7b", NEOX, "7B", &["stablelm-base-7b"]),
    m("stablelm-tuned-alpha-3b", "stabilityai/stablelm-tuned-alpha-3b", NEOX, "3B", &["stablelm-tuned-3b"]),
    m("stablelm-tuned-alpha-7b", "stabilityai/stablelm-tuned-alpha-7b", NEOX, "7B", &["stablelm-tuned-7b"]),
    m("stablelm-3b-4e1t", "stabilityai/stablelm-3b-4e1t", STABLELM, "3B", &[]),
    m("stablelm-2-1.6b", "stabilityai/stablelm-2-1_6b", STABLELM, "1.6B", &["stablelm-2-1_6b"]),
    m("stablelm-2-zephyr-1.6b", "stabilityai/stablelm-2-zephyr-1_6b", STABLELM, "1.6B", &[]),
    m("opt-125m", "facebook/opt-125m", OPT, "125M", &["opt-small", "opt"]),
    m("opt-1.3b", "facebook/opt-1.3b", OPT, "1.3B", &["opt-medium"]),
    m("opt-2.7b", "facebook/opt-2.7b", OPT, "2.7B", &["opt-large"]),
    m("opt-6.7b", "facebook/opt-6.7b", OPT, "6.7B", &["opt-xl"]),
    m("opt-13b", "facebook/opt-13b", OPT, "13B", &["opt-xxl"]),
    m("opt-30b", "facebook/opt-30b", OPT, "30B", &["opt-xxxl"]),
    m("opt-66b", "facebook/opt-66b", OPT, "66B", &["opt-xxxxl"]),
    m("bloom-560m", "bigscience/bloom-560m", BLOOM, "560M", &[]),
    m("bloom-1b1", "bigscience/bloom-1b1", BLOOM, "1.1B", &[]),
    m("bloom-1b7", "bigscience/bloom-1b7", BLOOM, "1.7B", &[]),
    m("bloom-3b", "bigscience/bloom-3b", BLOOM, "3B", &[]),
    m("bloom-7b1", "bigscience/bloom-7b1", BLOOM, "7.1B", &[]),
    m("attn-only-1l", "NeelNanda/Attn_Only_1L512W_C4_Code", NEEL, "51M", &["attn-only-1l-new", "attn-only-1l-c4-code"]),
    m("attn-only-2l", "NeelNanda/Attn_Only_2L512W_C4_Code", NEEL, "52M", &["attn-only-2l-new", "attn-only-2l-c4-code"]),
    m("attn-only-3l", "NeelNanda/Attn_Only_3L512W_C4_Code", NEEL, "53M", &["attn-only-3l-new", "attn-only-3l-c4-code"]),
    m("attn-only-4l", "NeelNanda/Attn_Only_4L512W_C4_Code", NEEL, "54M", &["attn-only-4l-new", "attn-only-4l-c4-code"]),
    m("gelu-1l", "NeelNanda/GELU_1L512W_C4_Code", NEEL, "53M", &["gelu-1l-new", "gelu-1l-c4-code"]),
    m("gelu-2l", "NeelNanda/GELU_2L512W_C4_Code", NEEL, "56M", &["gelu-2l-new", "gelu-2l-c4-code"]),
    m("gelu-3l", "NeelNanda/GELU_3L512W_C4_Code", NEEL, "59M", &["gelu-3l-new", "gelu-3l-c4-code"]),
    m("gelu-4l", "NeelNanda/GELU_4L512W_C4_Code", NEEL, "63M", &["gelu-4l-new", "gelu-4l-c4-code"]),
    m("solu-1l", "NeelNanda/SoLU_1L512W_C4_Code", NEEL, "53M", &["solu-1l-new", "solu-1l-c4-code"]),
    m("solu-2l", "NeelNanda/SoLU_2L512W_C4_Code", NEEL, "56M", &["solu-2l-new", "solu-2l-c4-code"]),
    m("solu-3l", "NeelNanda/SoLU_3L512W_C4_Code", NEEL, "59M", &["solu-3l-new", "solu-3l-c4-code"]),
    m("solu-4l", "NeelNanda/SoLU_4L512W_C4_Code", NEEL, "63M", &["solu-4l-new", "solu-4l-c4-code"]),
    m("solu-6l", "NeelNanda/SoLU_6L768W_C4_Code", NEEL, "117M", &["solu-6l-new", "solu-6l-c4-code"]),
    m("solu-8l", "NeelNanda/SoLU_8L1024W_C4_Code", NEEL, "201M", &["solu-8l-new", "solu-8l-c4-code"]),
    m("solu-10l", "NeelNanda/SoLU_10L1280W_C4_Code", NEEL, "321M", &["solu-10l-new", "solu-10l-c4-code"]),
    m("solu-12l", "NeelNanda/SoLU_12L1536W_C4_Code", NEEL, "490M", &["solu-12l-new", "solu-12l-c4-code"]),
    m("solu-1l-wiki", "NeelNanda/SoLU_1L512W_Wiki_Finetune", NEEL, "53M", &["solu-1l-wiki-finetune", "solu-1l-finetune"]),
    m("solu-4l-wiki", "NeelNanda/SoLU_4L512W_Wiki_Finetune", NEEL, "63M", &["solu-4l-wiki-finetune", "solu-4l-finetune"]),
    m("attn-only-2l-demo", "NeelNanda/Attn-Only-2L512W-Shortformer-6B-big-lr", NEEL, "52M", &["attn-only-2l-shortformer-6b-big-lr", "attn-only-2l-induction-demo", "attn-only-demo"]),
    m("redwood_attn_2l", "ArthurConmy/redwood_attn_2l", NEEL, "27M", &[]),
    m("attn_only_2L_half", ATTN_ONLY_2L_HALF, NEEL, "84M", &["attn-only-2l-half"]),
    m("Llama-2-7b", "meta-llama/Llama-2-7b-hf", LLAMA, "7B", &[]),
    m("Llama-2-7b-chat", "meta-llama/Llama-2-7b-chat-hf", LLAMA, "7B", &[]),
    m("Llama-2-13b", "meta-llama/Llama-2-13b-hf", LLAMA, "13B", &[]),
    m("Llama-2-13b-chat", "meta-llama/Llama-2-13b-chat-hf", LLAMA, "13B", &[]),
    m("Llama-2-70b-chat", "meta-llama/Llama-2-70b-chat-hf", LLAMA, "70B", &[]),
    m("CodeLlama-7b", "codellama/CodeLlama-7b-hf", LLAMA, "7B", &["CodeLlamallama-2-7b"]),
    m("CodeLlama-7b-python", "codellama/CodeLlama-7b-Python-hf", LLAMA, "7B", &[]),
    m("CodeLlama-7b-instruct", "codellama/CodeLlama-7b-Instruct-hf", LLAMA, "7B", &[]),
    m("llama-3-8b", "meta-llama/Meta-Llama-3-8B", LLAMA, "8B", &[]),
    m("llama-3-8b-instruct", "meta-llama/Meta-Llama-3-8B-Instruct", LLAMA, "8B", &[]),
    m("llama-3.1-8b", "meta-llama/Llama-3.1-8B", LLAMA, "8B", &[]),
    m("llama-3.1-8b-instruct", "meta-llama/Llama-3.1-8B-Instruct", LLAMA, "8B", &[]),
    m("llama-3.2-1b", "meta-llama/Llama-3.2-1B", LLAMA, "1B", &[]),
    m("llama-3.2-1b-instruct", "meta-llama/Llama-3.2-1B-Instruct", LLAMA, "1B", &[]),
    m("llama-3.2-3b", "meta-llama/Llama-3.2-3B", LLAMA, "3B", &[]),
    m("llama-3.2-3b-instruct", "meta-llama/Llama-3.2-3B-Instruct", LLAMA, "3B", &[]),
    m("yi-6b", "01-ai/Yi-6B", LLAMA, "6B", &[]),
    m("yi-6b-chat", "01-ai/Yi-6B-Chat", LLAMA, "6B", &[]),
    m("yi-34b", "01-ai/Yi-34B", LLAMA, "34B", &[]),
    m("mistral-7b", "mistralai/Mistral-7B-v0.1", MISTRAL, "7B", &[]),
    m("mistral-7b-instruct", "mistralai/Mistral-7B-Instruct-v0.1", MISTRAL, "7B", &[]),
    m("mistral-nemo-base-2407", "mistralai/Mistral-Nemo-Base-2407", MISTRAL, "12B", &[]),
    m("qwen1.5-0.5b", "Qwen/Qwen1.5-0.5B", QWEN2, "0.5B", &[]),
    m("qwen1.5-0.5b-chat", "Qwen/Qwen1.5-0.5B-Chat", QWEN2, "0.5B", &[]),
    m("qwen1.5-1.8b", "Qwen/Qwen1.5-1.8B", QWEN2, "1.8B", &[]),
    m("qwen1.5-1.8b-chat", "Qwen/Qwen1.5-1.8B-Chat", QWEN2, "1.8B", &[]),
    m("qwen1.5-4b", "Qwen/Qwen1.5-4B", QWEN2, "4B", &[]),
    m("qwen1.5-4b-chat", "Qwen/Qwen1.5-4B-Chat", QWEN2, "4B", &[]),
    m("qwen1.5-7b", "Qwen/Qwen1.5-7B", QWEN2, "7B", &[]),
    m("qwen1.5-7b-chat", "Qwen/Qwen1.5-7B-Chat", QWEN2, "7B", &[]),
    m("qwen1.5-14b", "Qwen/Qwen1.5-14B", QWEN2, "14B", &[]),
    m("qwen1.5-14b-chat", "Qwen/Qwen1.5-14B-Chat", QWEN2, "14B", &[]),
    m("qwen2-0.5b", "Qwen/Qwen2-0.5B", QWEN2, "0.5B", &[]),
    m("qwen2-0.5b-instruct", "Qwen/Qwen2-0.5B-Instruct", QWEN2, "0.5B", &[]),
    m("qwen2-1.5b", "Qwen/Qwen2-1.5B", QWEN2, "1.5B", &[]),
    m("qwen2-1.5b-instruct", "Qwen/Qwen2-1.5B-Instruct", QWEN2, "1.5B", &[]),
    m("qwen2-7b", "Qwen/Qwen2-7B", QWEN2, "7B", &[]),
    m("qwen2-7b-instruct", "Qwen/Qwen2-7B-Instruct", QWEN2, "7B", &[]),
    m("qwen2.5-0.5b", "Qwen/Qwen2.5-0.5B", QWEN2, "0.5B", &[]),
    m("qwen2.5-0.5b-instruct", "Qwen/Qwen2.5-0.5B-Instruct", QWEN2, "0.5B", &[]),
    m("qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B", QWEN2, "1.5B", &[]),
    m("qwen2.5-1.5b-instruct", "Qwen/Qwen2.5-1.5B-Instruct", QWEN2, "1.5B", &[]),
    m("qwen2.5-3b", "Qwen/Qwen2.5-3B", QWEN2, "3B", &[]),
    m("qwen2.5-3b-instruct", "Qwen/Qwen2.5-3B-Instruct", QWEN2, "3B", &[]),
    m("qwen2.5-7b", "Qwen/Qwen2.5-7B", QWEN2, "7B", &[]),
    m("qwen2.5-7b-instruct", "Qwen/Qwen2.5-7B-Instruct", QWEN2, "7B", &[]),
    m("qwen2.5-14b", "Qwen/Qwen2.5-14B", QWEN2, "14B", &[]),
    m("qwen2.5-14b-instruct", "Qwen/Qwen2.5-14B-Instruct", QWEN2, "14B", &[]),
    m("qwen3-0.6b", "Qwen/Qwen3-0.6B", QWEN3, "0.6B", &[]),
    m("qwen3-1.7b", "Qwen/Qwen3-1.7B", QWEN3, "1.7B", &[]),
    m("qwen3-4b", "Qwen/Qwen3-4B", QWEN3, "4B", &[]),
    m("qwen3-8b", "Qwen/Qwen3-8B", QWEN3, "8B", &[]),
    m("qwen3-14b", "Qwen/Qwen3-14B", QWEN3, "14B", &[]),
    m("qwen3-0.6b-base", "Qwen/Qwen3-0.6B-Base", QWEN3, "0.6B", &[]),
    m("gemma-2b", "google/gemma-2b", GEMMA1, "2B", &[]),
    m("gemma-2b-it", "google/gemma-2b-it", GEMMA1, "2B", &[]),
    m("gemma-7b", "google/gemma-7b", GEMMA1, "7B", &[]),
    m("gemma-7b-it", "google/gemma-7b-it", GEMMA1, "7B", &[]),
    m("gemma-2-2b", "google/gemma-2-2b", GEMMA2, "2B", &[]),
    m("gemma-2-2b-it", "google/gemma-2-2b-it", GEMMA2, "2B", &[]),
    m("gemma-2-9b", "google/gemma-2-9b", GEMMA2, "9B", &[]),
    m("gemma-2-9b-it", "google/gemma-2-9b-it", GEMMA2, "9B", &[]),
    m("gemma-2-27b", "google/gemma-2-27b", GEMMA2, "27B", &[]),
    m("gemma-2-27b-it", "google/gemma-2-27b-it", GEMMA2, "27B", &[]),
    m("gemma-3-270m", "google/gemma-3-270m", GEMMA3, "270M", &[]),
    m("gemma-3-270m-it", "google/gemma-3-270m-it", GEMMA3, "270M", &[]),
    m("gemma-3-1b-pt", "google/gemma-3-1b-pt", GEMMA3, "1B", &[]),
    m("gemma-3-1b-it", "google/gemma-3-1b-it", GEMMA3, "1B", &[]),
    m("gemma-3-4b-pt", "google/gemma-3-4b-pt", GEMMA3_VISION, "4B", &[]),
    m("gemma-3-4b-it", "google/gemma-3-4b-it", GEMMA3_VISION, "4B", &[]),
    m("phi-1", "microsoft/phi-1", PHI, "1.3B", &[]),
    m("phi-1_5", "microsoft/phi-1_5", PHI, "1.3B", &["phi-1.5"]),
    m("phi-2", "microsoft/phi-2", PHI, "2.7B", &[]),
    m("phi-3", "microsoft/Phi-3-mini-4k-instruct", PHI3, "3.8B", &["phi-3-mini-4k-instruct"]),
    m("phi-4", "microsoft/phi-4", PHI3, "14B", &[]),
];

/// Every model that has a name, family by family.
///
/// ```
/// let models = hooked_transformer::list_models();
/// assert!(models.iter().any(|model| model.name == "gpt2-small" && model.repo == "openai-community/gpt2"));
/// ```
pub fn list_models() -> &'static [ModelInfo] {
    MODELS
}

/// The model of a name, an alias or a repository of the list; capitals do not matter.
pub(crate) fn find(name: &str) -> Option<&'static ModelInfo> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    MODELS.iter().find(|model| is(model.name) || is(model.repo) || model.aliases.iter().any(|alias| is(alias)))
}

/// The configuration of a model whose repository has none.
pub(crate) fn preset(model: &ModelInfo) -> Option<HookedTransformerConfig> {
    (model.repo == ATTN_ONLY_2L_HALF).then(neel::attn_only_2l_half)
}

/// The names that look most like one that is unknown; none for what was meant as a path.
pub(crate) fn nearest_names(name: &str) -> Vec<String> {
    if name.contains(['/', '\\']) {
        return Vec::new();
    }
    let names = MODELS.iter().flat_map(|model| std::iter::once(model.name).chain(model.aliases.iter().copied()));
    nearest(name, names, 3)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::loading::families;

    #[test]
    fn there_are_sixty_and_more_and_every_name_means_one_model() {
        assert!(MODELS.len() >= 60, "{}", MODELS.len());
        let mut seen: HashMap<String, &str> = HashMap::new();
        for model in MODELS {
            let names = std::iter::once(model.name).chain(model.aliases.iter().copied()).chain([model.repo]);
            let mut own: Vec<String> = names.map(str::to_ascii_lowercase).collect();
            own.sort();
            own.dedup();
            for name in own {
                if let Some(other) = seen.insert(name.clone(), model.repo) {
                    panic!("`{name}` is both {other} and {}", model.repo);
                }
            }
        }
    }

    #[test]
    fn every_architecture_is_supported() {
        for model in MODELS {
            let known = families::ALL.iter().any(|family| family.architectures.contains(&model.architecture));
            assert!(known || model.architecture == NEEL, "{}", model.architecture);
        }
    }

    #[test]
    fn the_issues_families_are_all_there() {
        for name in [
            "gpt2-small",
            "gpt2",
            "gpt2-xl",
            "distilgpt2",
            "gpt-neo-125M",
            "gpt-j",
            "pythia-70m",
            "pythia",
            "gpt-neox",
            "opt-125m",
            "attn-only-1l",
            "attn-only-4l",
            "gelu-1l",
            "gelu-4l",
            "solu-1l",
            "solu-4l",
            "tiny-stories-33M",
            "bloom-560m",
            "Llama-2-7b",
            "mistral-7b",
            "qwen2-0.5b",
            "qwen3-0.6b",
            "gemma-2b",
            "gemma-2-2b",
            "gemma-3-1b-it",
            "phi-1",
            "phi-2",
            "phi-3",
            "stablelm-base-3b",
            "attn_only_2L_half",
            "EleutherAI/pythia-70m",
        ] {
            assert!(find(name).is_some(), "{name}");
        }
        assert_eq!(find("gpt3"), None);
        assert!(nearest_names("gpt2-smal").contains(&"gpt2-small".to_string()));
        assert!(nearest_names("/models/gpt2-smal").is_empty());
    }
}
