//! Factored matrices and circuits against their definitions, written out.

use approx::{abs_diff_eq, assert_abs_diff_eq};
use hooked_transformer::{Complex32, Composition, FactoredMatrix, HookedTransformer};
use ndarray::{Array1, Array2, Array3, ArrayD, ArrayView4, Axis, array, s};

use crate::architectures;
use crate::fixtures::model;

fn sample(rows: usize, columns: usize, shift: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        (((i * 37 + j * 101 + i * j * 13 + shift) % 97) as f32 - 48.0) / 40.0
    })
}

fn thin() -> FactoredMatrix {
    FactoredMatrix::new(sample(9, 4, 3), sample(4, 9, 50)).unwrap()
}

#[test]
fn products_are_those_of_the_matrix_written_out() {
    // Inner length below and above the outer ones, so that both ways of multiplying are taken.
    for m in [thin(), FactoredMatrix::new(sample(9, 12, 3), sample(12, 9, 50)).unwrap()] {
        let dense = m.A().dot(&m.B());
        let (left, right) = (sample(5, 9, 7), sample(9, 7, 9));
        let vector = Array1::from_iter((0..9).map(|i| i as f32 - 3.5));
        assert_abs_diff_eq!(m.ab(), dense, epsilon = 1e-5);
        assert_abs_diff_eq!(m.ba(), m.B().dot(&m.A()), epsilon = 1e-5);
        assert_abs_diff_eq!(m.t().ab(), dense.t(), epsilon = 1e-5);
        assert_abs_diff_eq!(m.matmul(right.view()).ab(), dense.dot(&right), epsilon = 1e-4);
        assert_abs_diff_eq!(m.left_matmul(left.view()).ab(), left.dot(&dense), epsilon = 1e-4);
        assert_abs_diff_eq!(m.matmul_vector(vector.view()), dense.dot(&vector), epsilon = 1e-4);
        assert_abs_diff_eq!(m.left_matmul_vector(vector.view()), vector.dot(&dense), epsilon = 1e-4);
        let other = FactoredMatrix::new(sample(9, 6, 20), sample(6, 8, 21)).unwrap();
        let product = m.matmul_factored(&other);
        assert_abs_diff_eq!(product.ab(), dense.dot(&other.ab()), epsilon = 1e-3);
        assert_eq!(product.mdim(), m.mdim().min(6), "the smaller inner length is kept");
        assert_abs_diff_eq!((2.5 * m.clone()).ab(), &dense * 2.5, epsilon = 1e-4);
        assert_abs_diff_eq!(m.rows(2..5).columns(1..3).ab(), dense.slice(s![2..5, 1..3]), epsilon = 1e-5);
        assert_abs_diff_eq!(m.get_corner(3), dense.slice(s![..3, ..3]), epsilon = 1e-5);
        assert_eq!(m.get_corner(30).dim(), (9, 9));
        let norm = dense.mapv(|x| x * x).sum().sqrt();
        assert_abs_diff_eq!(m.norm(), norm, epsilon = 1e-4 * norm);
    }
}

#[test]
fn singular_values_give_the_product_back() {
    // Thin, wide inside, not square, of deficient rank, of none.
    let deficient = FactoredMatrix::new(sample(9, 1, 0).dot(&sample(1, 4, 5)), sample(4, 7, 2)).unwrap();
    let wide = FactoredMatrix::new(sample(5, 12, 3), sample(12, 7, 50)).unwrap();
    let zero = FactoredMatrix::new(Array2::zeros((5, 3)), Array2::zeros((3, 4))).unwrap();
    for m in [thin(), wide, deficient, zero] {
        let svd = m.svd();
        let k = m.ldim().min(m.mdim()).min(m.rdim());
        assert_eq!((svd.U.dim(), svd.S.dim(), svd.V.dim()), ((m.ldim(), k), k, (m.rdim(), k)));
        assert_abs_diff_eq!((&svd.U * &svd.S).dot(&svd.V.t()), m.ab(), epsilon = 1e-4);
        assert_abs_diff_eq!(svd.U.t().dot(&svd.U), Array2::eye(k), epsilon = 1e-5);
        assert_abs_diff_eq!(svd.V.t().dot(&svd.V), Array2::eye(k), epsilon = 1e-5);
        assert!(svd.S.windows(2).into_iter().all(|s| s[0] >= s[1] && s[1] >= 0.0));
        let even = m.make_even();
        assert_abs_diff_eq!(even.ab(), m.ab(), epsilon = 1e-4);
        assert_abs_diff_eq!(even.A().t().dot(&even.A()), even.B().dot(&even.B().t()), epsilon = 1e-4);
        // What was taken off is a rotation: inner products of columns, and of rows, stay.
        let (l, r, dense) = (m.collapse_l(), m.collapse_r(), m.ab());
        assert_eq!((l.dim(), r.dim()), ((k, m.rdim()), (m.ldim(), k)));
        assert_abs_diff_eq!(l.t().dot(&l), dense.t().dot(&dense), epsilon = 1e-3);
        assert_abs_diff_eq!(r.dot(&r.t()), dense.dot(&dense.t()), epsilon = 1e-3);
    }
}

#[test]
fn eigenvalues_of_literals_and_their_trace() {
    let rotation = FactoredMatrix::new(array![[0.0, -2.0], [2.0, 0.0]], Array2::eye(2)).unwrap();
    let values = rotation.eigenvalues();
    assert!(values.iter().all(|v| v.re.abs() <= 1e-6 && (v.im.abs() - 2.0).abs() <= 1e-6), "{values}");
    assert!((values[0] + values[1]).norm() <= 1e-6, "{values}");
    let m = thin();
    let values = m.eigenvalues();
    assert_eq!(values.len(), 4);
    let sum: Complex32 = values.sum();
    let squares: Complex32 = values.mapv(|v| v * v).sum();
    let dense = m.ab();
    assert!((sum - dense.diag().sum()).norm() <= 1e-4, "{sum}");
    assert!((squares - dense.dot(&dense).diag().sum()).norm() <= 1e-3, "{squares}");
}

#[test]
fn leading_axes_work_matrix_by_matrix() {
    let A = Array3::from_shape_fn((3, 6, 2), |(i, j, k)| ((i * 5 + j * 7 + k * 3) % 11) as f32 - 4.6);
    let B = Array3::from_shape_fn((1, 2, 6), |(_, j, k)| ((j * 5 + k * 2) % 7) as f32 - 2.7);
    let stacked = FactoredMatrix::new(A.clone(), B.clone()).unwrap();
    assert_eq!(stacked.shape(), [3, 6, 6]);
    let (ab, norm, svd, eigenvalues) = (stacked.ab(), stacked.norm(), stacked.svd(), stacked.eigenvalues());
    let vector = Array1::from_iter((0..6).map(|i| i as f32 - 2.2));
    let (product, other) = (stacked.matmul_vector(vector.view()), sample(6, 3, 1));
    let right = stacked.matmul(other.view()).ab();
    let left = stacked.left_matmul(other.t()).ab();
    let squared = stacked.matmul_factored(&stacked).ab();
    for i in 0..3 {
        let one =
            FactoredMatrix::new(A.index_axis(Axis(0), i).to_owned(), B.index_axis(Axis(0), 0).to_owned()).unwrap();
        assert_eq!(stacked.get(i).ab(), one.ab());
        assert_eq!(ab.index_axis(Axis(0), i), one.ab());
        assert_eq!(norm[i], one.norm());
        assert_eq!(svd.S.row(i), one.svd().S);
        assert_eq!(svd.U.index_axis(Axis(0), i), one.svd().U);
        assert_eq!(eigenvalues.row(i), one.eigenvalues());
        assert_eq!(product.row(i), one.matmul_vector(vector.view()));
        assert_abs_diff_eq!(right.index_axis(Axis(0), i), one.ab().dot(&other), epsilon = 1e-3);
        assert_abs_diff_eq!(left.index_axis(Axis(0), i), other.t().dot(&one.ab()), epsilon = 1e-3);
        assert_abs_diff_eq!(squared.index_axis(Axis(0), i), one.ab().dot(&one.ab()), epsilon = 1e-2);
    }
}

#[test]
fn factors_that_do_not_fit_are_an_error() {
    let inner = FactoredMatrix::new(sample(2, 3, 0), sample(4, 2, 0)).unwrap_err().to_string();
    assert!(inner.contains("[2, 3]") && inner.contains("3 rows") && inner.contains("[4, 2]"), "{inner}");
    let leading = FactoredMatrix::new(Array3::zeros((2, 3, 4)), Array3::zeros((3, 4, 3))).unwrap_err().to_string();
    assert!(leading.contains("leading axes"), "{leading}");
}

/// Including grouped queries, where heads share keys and values.
#[test]
fn circuits_of_heads_are_products_of_their_weights() {
    for name in ["ln_gelu_new", "grouped", "grouped_one"] {
        let model = architectures::model(name);
        let (QK, OV) = (model.QK(), model.OV());
        let (n_heads, n_kv) = (model.cfg().n_heads, model.cfg().n_key_value_heads());
        for layer in 0..2 {
            for head in 0..n_heads {
                let of_head = |w: ArrayView4<'_, f32>, head: usize| -> Array2<f32> {
                    w.slice(s![layer, head, .., ..]).to_owned()
                };
                let kv = head / (n_heads / n_kv);
                let want = of_head(model.W_Q(), head).dot(&of_head(model.W_K(), kv).t());
                assert_abs_diff_eq!(QK.get(layer, head).ab(), want, epsilon = 1e-5);
                let want = of_head(model.W_V(), kv).dot(&of_head(model.W_O(), head));
                assert_abs_diff_eq!(OV.get(layer, head).ab(), want, epsilon = 1e-5);
            }
        }
    }
}

#[test]
fn composition_scores_are_norms_of_products() {
    let norm = |x: &Array2<f32>| x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    for name in ["ln_gelu_new", "llama"] {
        let model = architectures::model(name);
        let n_heads = model.cfg().n_heads;
        for mode in [Composition::Q, Composition::K, Composition::V] {
            let scores = model.all_composition_scores(mode);
            assert_eq!(scores.dim(), (2, n_heads, 2, n_heads));
            for ((l1, h1, l2, h2), &got) in scores.indexed_iter() {
                if l1 >= l2 {
                    assert_eq!(got, 0.0);
                    continue;
                }
                let left = model.OV().get(l1, h1).ab();
                let right = match mode {
                    Composition::Q => model.QK().get(l2, h2).ab(),
                    Composition::K => model.QK().get(l2, h2).ab().reversed_axes(),
                    Composition::V => model.OV().get(l2, h2).ab(),
                };
                let want = norm(&left.dot(&right)) / (norm(&left) * norm(&right));
                assert!(
                    abs_diff_eq!(f64::from(got), want, epsilon = 1e-5),
                    "{name} {mode:?} L{l1}H{h1} L{l2}H{h2}: {got} {want}"
                );
            }
        }
    }
}

#[test]
fn biases_embeddings_and_labels() {
    let model = architectures::model("ln_gelu_new");
    let (b_O, b_out) = (model.b_O(), model.b_out().unwrap());
    let bias = |layer, mlp_input, mlp| model.accumulated_bias(layer, mlp_input, mlp).unwrap();
    assert_eq!(bias(0, false, true), Array1::<f32>::zeros(12));
    assert_abs_diff_eq!(bias(1, true, true), &b_O.row(0) + &b_out.row(0) + b_O.row(1), epsilon = 1e-6);
    assert_abs_diff_eq!(bias(2, false, false), b_O.sum_axis(Axis(0)), epsilon = 1e-6);
    assert_abs_diff_eq!(bias(2, false, true), b_O.sum_axis(Axis(0)) + b_out.sum_axis(Axis(0)), epsilon = 1e-6);
    assert!(model.accumulated_bias(3, false, true).unwrap_err().to_string().contains("0 to n_layers = 2, got 3"));
    assert!(model.accumulated_bias(2, true, true).unwrap_err().to_string().contains("unembedding"));
    let attn_only = architectures::model("attn_only_none");
    assert_abs_diff_eq!(
        attn_only.accumulated_bias(2, false, true).unwrap(),
        attn_only.b_O().sum_axis(Axis(0)),
        epsilon = 1e-6
    );
    assert!(attn_only.accumulated_bias(1, true, true).unwrap_err().to_string().contains("no MLP"));
    assert_eq!(model.all_head_labels(), ["L0H0", "L0H1", "L1H0", "L1H1"]);
    let W_E_pos = model.W_E_pos().unwrap();
    assert_eq!(W_E_pos.dim(), (23 + 17, 12));
    assert_eq!(W_E_pos.row(25), model.W_pos().unwrap().row(2));
    assert!(architectures::model("rotary_halves").W_E_pos().is_none());
}

/// At the size of a course model: the full circuit over the vocabulary stays factored.
#[test]
fn a_full_circuit_over_the_vocabulary() {
    let model: HookedTransformer = model("attn-only-2l-tales");
    let full = model.OV().get(1, 3).left_matmul(model.W_E()).matmul(model.W_U());
    assert_eq!(full.shape(), [4096, 4096]);
    assert_eq!(full.mdim(), 32);
    let corner = model.W_E().slice(s![..4, ..]).dot(&model.OV().get(1, 3).ab()).dot(&model.W_U().slice(s![.., ..4]));
    assert_abs_diff_eq!(full.get_corner(4), corner, epsilon = 1e-3);
    let (norm, svd) = (full.norm(), full.svd());
    let from_svd = svd.S.mapv(|s| s * s).sum().sqrt();
    assert_abs_diff_eq!(norm, from_svd, epsilon = 1e-4 * norm);
    let dense: ArrayD<f32> = full.rows(100..110).ab().into_dyn();
    assert_abs_diff_eq!(dense, (&svd.U * &svd.S).slice(s![100..110, ..]).dot(&svd.V.t()).into_dyn(), epsilon = 1e-3);
}
