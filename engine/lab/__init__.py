"""Floor 5: experiments. Design, executors, store, statistics, scorecard, report."""
