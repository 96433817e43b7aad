// Each test is a few processes on few processors: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
