//! From files to a model, and back: files in a folder or from the hub, their formats, the families of published models.

mod checkpoint;
mod families;
mod hub;
mod load;
mod npz;
mod options;
mod pretrained;
mod pytorch;
mod registry;
mod safetensors_file;
mod source;
mod stored;
mod tokenizer_files;
mod which_files;
mod whole_file;

pub use npz::{read_npz, read_npz_from, write_npz, write_npz_to};
pub use options::PretrainedOptions;
pub use registry::{ModelInfo, list_models};
