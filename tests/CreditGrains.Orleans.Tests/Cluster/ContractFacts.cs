using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Contract;

/// <summary>A test of the contract; a cluster needs PostgreSQL and Redis for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute : FactAttribute
{
    public ContractFactAttribute() => Skip = Programs.Missing;
}

/// <summary>A table of the contract.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractTheoryAttribute : TheoryAttribute
{
    public ContractTheoryAttribute() => Skip = Programs.Missing;
}
