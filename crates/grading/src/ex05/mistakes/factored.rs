//! Mistakes of the checks `c01`, `c02`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E05-1",
        "c01_product_corner",
        "Only the rows cut",
        "Your result has the first n rows with all their columns. A corner also has only n columns: use only the first \
         n columns of the right factor.",
        "Which axis of the right factor runs along the columns of the product?",
    ),
    output(
        "E05-2",
        "c01_product_corner",
        "The factors in the other order",
        "You multiplied right times left. That product is [inner, inner], a different matrix from left times right.",
        "What is the shape of each of the two products?",
    ),
    output(
        "E05-3",
        "c01_product_corner",
        "The inner axis cut",
        "You summed only the first n terms of each entry. An entry sums over the whole inner axis. Cut the rows of the \
         left factor and the columns of the right one, and keep the axis between them.",
        "How many terms does your sum have, and how long is the inner axis?",
    ),
    output(
        "E05-4",
        "c02_product_norm",
        "The product of the norms",
        "You multiplied the norms of the two factors. The norm of the product is at most that, and usually smaller. \
         The composition score of two heads is the ratio of the two.",
        "What would the norm be if the rows of the left factor were orthogonal to the columns of the right one?",
    ),
    output(
        "E05-5",
        "c02_product_norm",
        "The square root is missing",
        "You returned the trace, which is the squared norm. Take the square root.",
        "What happens to your norm if all entries are doubled?",
    ),
    output(
        "E05-6",
        "c02_product_norm",
        "Divided by the number of entries",
        "You returned the root mean square, the size of a typical entry. The Frobenius norm is the square root of the \
         sum, not of the mean.",
        "Does your norm grow if the matrix gets more rows of the same size?",
    ),
    output(
        "E05-7",
        "c02_product_norm",
        "The largest singular value",
        "You returned the largest singular value, which is the spectral norm. The Frobenius norm is the square root of \
         the sum of all squared singular values.",
        "Which of the two norms of the identity matrix of size n is 1, and which is the square root of n?",
    ),
    output(
        "E05-70",
        "c02_product_norm",
        "Only the diagonals",
        "You used only the diagonals of the two Gram matrices. The trace of their product is the sum of all products of \
         their entries.",
        "What is the trace of a product of two matrices that are not diagonal?",
    ),
    output(
        "E05-71",
        "c02_product_norm",
        "The sum of absolute values",
        "You added up the absolute values of the entries. The Frobenius norm is the square root of the sum of their \
         squares.",
        "What is the Frobenius norm of a matrix with the entries 3 and 4?",
    ),
];
