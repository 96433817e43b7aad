using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Pools;

/// <summary>A loan of the engine's own that enters a pool when the concentration rules of the whole pool let it.</summary>
/// <param name="Facility">Its facility, which is in the pool.</param>
/// <param name="Reference">The loan: sequence of the event that made it.</param>
/// <param name="Pool">The pool.</param>
internal readonly record struct UndecidedLoan(NodeKey Facility, long Reference, NodeKey Pool);
