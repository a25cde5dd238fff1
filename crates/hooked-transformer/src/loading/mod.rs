//! From files to a model, and back: files in a folder or from the hub, their formats, the families of published models.

mod checkpoint;
mod families;
#[cfg(feature = "files")]
mod hub;
mod in_file;
mod load;
mod model_file;
#[cfg(feature = "npz")]
mod npz;
#[cfg(feature = "files")]
mod npz_files;
#[cfg(feature = "files")]
mod options;
#[cfg(feature = "files")]
mod pretrained;
#[cfg(feature = "pickles")]
mod pytorch;
#[cfg(feature = "files")]
mod registry;
mod safetensors_file;
mod source;
mod stored;
mod tokenizer_files;
mod which_files;
#[cfg(feature = "files")]
mod whole_file;

#[cfg(feature = "files")]
#[cfg(feature = "npz")]
pub use npz::{read_npz_from, write_npz_to};
#[cfg(feature = "files")]
pub use npz_files::{read_npz, write_npz};
#[cfg(feature = "files")]
pub use options::PretrainedOptions;
#[cfg(feature = "files")]
pub use registry::{ModelInfo, list_models};
