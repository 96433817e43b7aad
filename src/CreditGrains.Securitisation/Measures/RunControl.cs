namespace CreditGrains.Securitisation.Measures;

/// <summary>How a computation of many runs tells how far it is, and is stopped between two of them. Changes no result.</summary>
/// <param name="Progress">Told the part done, 0 to 1, from any thread; may be null.</param>
/// <param name="CancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
public sealed record RunControl(Action<double>? Progress, CancellationToken CancellationToken)
{
    internal void Report(double part) => Progress?.Invoke(part);
}
