"""The two architectures, written for training rather than for looking inside.

`attn-only`   x = embed(tokens); every layer adds attention; logits = unembed(x). No LayerNorm, no
              biases, no MLPs. Positions are *shortformer*: in every layer they are added to what
              queries and keys are computed from, never to the residual stream, so values cannot
              carry them.
`gpt2`        GPT-2: LayerNorm before attention and MLP, gelu_new, biases, learned positions added
              to the embedding, and the embedding used again as the unembedding.

Matrices are `nn.Linear` so that the Muon optimizer sees the two-dimensional matrices it is made
for; `export.py` splits them by head. `forward` returns the patterns and ablates a head on demand:
all that `evaluate.py` needs.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Shape:
    """Everything that `Transformer` needs to know; TransformerLens's names."""

    architecture: str  # "attn-only" or "gpt2"
    n_layers: int
    n_heads: int
    d_model: int
    n_ctx: int
    d_vocab: int

    @property
    def d_head(self) -> int:
        return self.d_model // self.n_heads

    @property
    def attn_only(self) -> bool:
        return self.architecture == "attn-only"


class Attention(nn.Module):
    """Causal self-attention."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width, bias = shape.d_model, not shape.attn_only
        self.query_key = nn.Linear(width, 2 * width, bias=bias)  # one large product, not two
        self.value = nn.Linear(width, width, bias=bias)
        self.output = nn.Linear(width, width, bias=bias)

    def forward(self, query_key_input, value_input, want_pattern=False, ablate=None):
        """`ablate` is the index of a head whose z is set to zero."""
        query, key = self.query_key(query_key_input).chunk(2, dim=-1)
        query, key, value = map(self._split, (query, key, self.value(value_input)))
        pattern = None
        if want_pattern:
            scores = query @ key.transpose(-1, -2) / math.sqrt(self.shape.d_head)
            future = torch.ones_like(scores[0, 0], dtype=torch.bool).triu(1)
            pattern = scores.masked_fill(future, -math.inf).softmax(-1)
            z = pattern @ value
        else:
            z = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        if ablate is not None:
            z[:, ablate] = 0
        return self.output(z.transpose(1, 2).flatten(2)), pattern

    def _split(self, x):
        """[batch, pos, d_model] -> [batch, head, pos, d_head]"""
        return x.unflatten(-1, (self.shape.n_heads, self.shape.d_head)).transpose(1, 2)


class Block(nn.Module):
    """One layer: attention and, in `gpt2`, an MLP."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.attn_only = shape.attn_only
        self.attention = Attention(shape)
        if not self.attn_only:
            self.ln1, self.ln2 = nn.LayerNorm(shape.d_model), nn.LayerNorm(shape.d_model)
            self.mlp_in = nn.Linear(shape.d_model, 4 * shape.d_model)
            self.mlp_out = nn.Linear(4 * shape.d_model, shape.d_model)

    def forward(self, x, positions, want_pattern=False, ablate=None):
        if self.attn_only:
            attended, pattern = self.attention(x + positions, x, want_pattern, ablate)
            return x + attended, pattern
        normalized = self.ln1(x)
        attended, pattern = self.attention(normalized, normalized, want_pattern, ablate)
        x = x + attended
        return x + self.mlp_out(F.gelu(self.mlp_in(self.ln2(x)), approximate="tanh")), pattern


class Transformer(nn.Module):
    """Tokens [batch, pos] -> final residual [batch, pos, d_model] -> (`unembed`) logits."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.d_vocab, shape.d_model)
        self.positions = nn.Parameter(torch.empty(shape.n_ctx, shape.d_model))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.n_layers))
        if not shape.attn_only:
            self.ln_final = nn.LayerNorm(shape.d_model)
        self.unembed = nn.Linear(shape.d_model, shape.d_vocab, bias=False)
        self._initialize()

    def forward(self, tokens, want_patterns=False, ablate=None):
        """Final residual and one pattern a layer. `ablate` is a (layer, head) to set to zero."""
        x, positions = self.embed(tokens), self.positions[: tokens.shape[1]]
        if not self.shape.attn_only:
            x = x + positions
        patterns = []
        for layer, block in enumerate(self.blocks):
            head = ablate[1] if ablate is not None and ablate[0] == layer else None
            x, pattern = block(x, positions, want_patterns, head)
            patterns.append(pattern)
        return (x if self.shape.attn_only else self.ln_final(x)), patterns

    def _initialize(self):
        """GPT-2's initialization (0.02 at width 768), with two changes for the sake of induction.

        Positions start as sinusoids, not as noise: moving on by one position is then a rotation,
        the same one everywhere, and that is all a previous-token head's query-key matrix has to
        learn. The unembedding starts as a copy of the embedding, so that copying a token, the other
        half of induction, is close to the identity from the start.

        As in GPT-2, what writes into the residual stream starts smaller the deeper the model.
        """
        shape = self.shape
        std = 0.02 * math.sqrt(768 / shape.d_model)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.ndim == 2:
                writes = name.endswith(("output.weight", "mlp_out.weight"))
                smaller = math.sqrt(2 * shape.n_layers) if writes else 1.0
                nn.init.normal_(parameter, std=std / smaller)
        self.positions.data = sinusoids(shape.n_ctx, shape.d_model, scale=0.2)
        if shape.attn_only:
            self.unembed.weight.data.copy_(self.embed.weight.data)
        else:
            self.unembed.weight = self.embed.weight  # tied: one parameter with two uses


def sinusoids(n_ctx: int, d_model: int, scale: float) -> torch.Tensor:
    """Sines and cosines of wavelengths from 2 pi to 2000 pi; the root mean square is `scale`."""
    half = d_model // 2
    frequency = 1000.0 ** -(torch.arange(half) / half)
    angle = torch.arange(n_ctx)[:, None] * frequency
    return torch.cat([angle.sin(), angle.cos()], dim=1) * scale * math.sqrt(2)
