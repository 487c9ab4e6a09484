"""What scores of next month's places reached on public data of Chicago: the published tables.

Which of equal scores were flagged was drawn by lot, once: drawn again, a figure at 1 % scatters by
some .03 (decision 85). ``SEED`` and ``DRAWN`` tell how, so that the very lots can be drawn again.
"""

from hotspots.focus import MEMORY, RING

FOCUS = f"focus (a={MEMORY:g}, ring {RING:g})"

YARDSTICK: dict[tuple[int, bool], dict[str, tuple[float, ...]]] = {
    (9, False): {
        "count last month": (6.96, 3.81, 2.99),
        "count 12 months": (7.66, 4.31, 3.44),
        "all past": (6.88, 4.18, 3.39),
        "EWMA a=.1": (8.01, 4.48, 3.53),
        "EWMA a=.3": (8.38, 4.43, 3.42),
        FOCUS: (8.09, 4.52, 3.56),
        "KDE 250 m, 12 months": (6.69, 4.07, 3.31),
        "KDE 500 m, 12 months": (5.27, 3.55, 2.97),
        "KDE 500 m, last month": (6.00, 3.58, 2.90),
        "Gi* 12 months": (5.88, 3.75, 3.12),
        "Gi* last month": (5.58, 3.50, 2.83),
        "space-time Gi* (cube, k=1)": (5.99, 3.67, 3.00),
        "share of hot months": (5.23, 3.61, 3.05),
    },
    (8, False): {
        "count last month": (5.26, 3.38),
        "count 12 months": (5.48, 3.58),
        "all past": (4.49, 3.33),
        "EWMA a=.1": (5.44, 3.64),
        "EWMA a=.3": (5.67, 3.68),
        FOCUS: (5.41, 3.60),
        "KDE 250 m, 12 months": (5.11, 3.44),
        "KDE 500 m, 12 months": (4.87, 3.28),
        "KDE 500 m, last month": (5.56, 3.38),
        "Gi* 12 months": (4.04, 2.90),
        "Gi* last month": (4.44, 3.05),
        "space-time Gi* (cube, k=1)": (4.55, 3.05),
        "share of hot months": (3.56, 2.84),
    },
    (9, True): {
        FOCUS: (6.33, 4.06, 3.33),
        "EWMA a=.1": (6.26, 4.00, 3.29),
        "EWMA a=.3": (6.08, 3.83, 3.11),
        "count 12 months": (5.93, 3.91, 3.22),
        "KDE 250 m, 12 months": (5.71, 3.78, 3.16),
        "Gi* 12 months": (5.21, 3.52, 3.00),
        "Gi* last month": (4.68, 3.17, 2.62),
        "space-time Gi* (cube, k=1)": (4.87, 3.38, 2.83),
    },
    (8, True): {
        FOCUS: (4.79, 3.36),
        "EWMA a=.1": (4.74, 3.37),
        "EWMA a=.3": (4.85, 3.41),
        "count 12 months": (4.77, 3.40),
        "KDE 250 m, 12 months": (4.58, 3.31),
        "Gi* 12 months": (3.85, 2.86),
        "Gi* last month": (3.95, 2.90),
        "space-time Gi* (cube, k=1)": (4.20, 2.93),
    },
}
"""PAI at 1, 5 and 10 % of the cells, by resolution and whether first reports alone."""

SEED = 0
"""Of the lots: begun anew for all complaints and for first reports; resolution 9, then 8."""

DRAWN = (
    "chance",
    "count last month",
    "count 12 months",
    "all past",
    "EWMA a=.1",
    "EWMA a=.3",
    "Gi* last month",
    "Gi* 12 months",
    "space-time Gi* (cube, k=1)",
    "KDE 500 m, last month",
    "KDE 500 m, 12 months",
    "KDE 250 m, 12 months",
    "local empirical Bayes, 12 months",
    FOCUS,
    "share of hot months",
)
"""The order of the lots in each month, after one number a cell that is the score of chance."""
