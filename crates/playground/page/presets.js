// Texts to begin with, and the directions of exercise 04 (`reference_data/activations/exercise_04.json`; a test compares).

export const EXAMPLES = [
  { name: "induction", model: "gpt2-tales", text: "The little prince looked at the golden bird, and the golden bird looked at the little prince.", pos: 12, head: [2, 1] },
  { name: "two layers, attention only", model: "attn-only-2l-tales", text: "The queen looked into her mirror every morning, and every morning the mirror told her that she was the fairest in the land.", pos: 14 },
  { name: "clean and corrupted", model: "gpt2-tales", text: "The king and the wolf went into the forest. The king said to the", second: "The wolf and the king went into the forest. The king said to the", pos: 15 },
  { name: "random words twice", model: "gpt2-tales", text: "lamp river seven wing apple soft horse door glass lamp river seven wing apple soft horse door glass", pos: 14, head: [2, 1] },
];

export const STEERING = [
  {
    "name": "music",
    "layer": 0,
    "pairs": [
      [
        "They spoke of the song.",
        "They spoke of the stone."
      ],
      [
        "He dreamed of a music.",
        "He dreamed of a table."
      ],
      [
        "She often thought about the dance.",
        "She often thought about the wall."
      ],
      [
        "It was like the voice.",
        "It was like the road."
      ],
      [
        "We shall never forget that bell.",
        "We shall never forget that tree."
      ]
    ],
    "words": [
      " song",
      " music",
      " dance",
      " voice",
      " bell",
      " sing",
      " singing",
      " dancing"
    ]
  },
  {
    "name": "food",
    "layer": 1,
    "pairs": [
      [
        "They spoke of the bread.",
        "They spoke of the book."
      ],
      [
        "He dreamed of a cake.",
        "He dreamed of a horse."
      ],
      [
        "She often thought about the supper.",
        "She often thought about the stone."
      ],
      [
        "It was like the dinner.",
        "It was like the road."
      ]
    ],
    "words": [
      " bread",
      " cake",
      " supper",
      " dinner",
      " food",
      " milk",
      " meat",
      " apple",
      " eat"
    ]
  },
  {
    "name": "winter",
    "layer": 3,
    "pairs": [
      [
        "They spoke of the winter.",
        "They spoke of the summer."
      ],
      [
        "He dreamed of a snow.",
        "He dreamed of a sun."
      ],
      [
        "She often thought about the ice.",
        "She often thought about the flower."
      ],
      [
        "It was like the cold.",
        "It was like the garden."
      ],
      [
        "We shall never forget that wind.",
        "We shall never forget that day."
      ]
    ],
    "words": [
      " winter",
      " snow",
      " ice",
      " cold",
      " wind"
    ]
  },
  {
    "name": "forest",
    "layer": 2,
    "pairs": [
      [
        "They spoke of the forest.",
        "They spoke of the city."
      ],
      [
        "He dreamed of a tree.",
        "He dreamed of a street."
      ],
      [
        "She often thought about the wood.",
        "She often thought about the house."
      ],
      [
        "It was like the wolf.",
        "It was like the king."
      ],
      [
        "We shall never forget that bird.",
        "We shall never forget that table."
      ]
    ],
    "words": [
      " forest",
      " tree",
      " trees",
      " wood",
      " wolf",
      " bird",
      " birds",
      " leaves",
      " branches",
      " bear",
      " fox"
    ]
  }
];

export const NEUTRAL = [
  "Once upon a time there was a",
  "He went out early and saw the",
  "She told her brother about the",
  "At last they came to the",
  "Then he took the",
  "In the evening she thought of the",
  "\"Look,\" he said, \"there is a",
  "Nobody knew where to find the"
];
