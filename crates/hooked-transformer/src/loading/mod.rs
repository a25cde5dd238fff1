//! From files to a model, and back: files in a folder or from the hub, their formats, the families of published models.

mod checkpoint;
mod families;
mod hub;
mod load;
mod options;
mod pretrained;
mod pytorch;
mod registry;
mod safetensors_file;
mod source;
mod stored;
mod tokenizer_files;
mod which_files;

pub use options::PretrainedOptions;
pub use registry::{ModelInfo, list_models};
