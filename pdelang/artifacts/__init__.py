"""Solutions as folders: saved, loaded, tabulated, plotted, summarised."""
