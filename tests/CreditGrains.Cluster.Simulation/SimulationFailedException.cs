namespace CreditGrains.Cluster.Simulation;

/// <summary>A promise was broken.</summary>
public sealed class SimulationFailedException(string message, Exception? inner = null) : Exception(message, inner);
