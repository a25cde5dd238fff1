//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-1",
        "c01_product_corner",
        "Only the rows are cut",
        "The first n rows are there, with all their columns. A corner has n columns, too: cut the right factor as well.",
        "Which axis of the right factor runs along the columns of the product?",
    ),
    output(
        "E05-2",
        "c01_product_corner",
        "The factors in the other order",
        "This is a corner of right times left. That product is [inner, inner], another matrix than left times right.",
        "What is the shape of each of the two products?",
    ),
    output(
        "E05-3",
        "c01_product_corner",
        "The inner axis is cut",
        "Each entry of a product sums over the whole inner axis. Here the sum stops after the first n terms. The corner cuts \
         rows of the left factor and columns of the right one; the axis between them stays whole.",
        "Over how many terms does your sum go, and how long is the inner axis?",
    ),
    output(
        "E05-4",
        "c02_product_norm",
        "The product of the norms",
        "This is the norm of the left factor times the norm of the right one. The norm of a product is at most that, and \
         equal only when the factors fit together perfectly: the composition score of two heads is the ratio of the two.",
        "What would the norm be if the rows of the left factor were orthogonal to the columns of the right one?",
    ),
    output(
        "E05-5",
        "c02_product_norm",
        "The root is missing",
        "The trace of the two Gram matrices is the squared norm.",
        "What happens to your norm when all entries are doubled?",
    ),
    output(
        "E05-6",
        "c02_product_norm",
        "Divided by the number of entries",
        "This is the root of the mean square, the size of a typical entry. The Frobenius norm is the root of the sum.",
        "Does your norm grow when the matrix gets more rows of the same size?",
    ),
    output(
        "E05-7",
        "c02_product_norm",
        "The largest singular value",
        "The spectral norm is the largest singular value. The Frobenius norm adds all of them up, squared.",
        "Which of the two norms does the identity matrix of size n have: 1, or the root of n?",
    ),
];
