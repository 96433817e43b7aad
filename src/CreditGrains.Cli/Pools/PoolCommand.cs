using System.CommandLine;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Pools;

/// <summary>creditgrains pool: asset pools kept current per loan event. Docs: docs/pools.md.</summary>
internal static class PoolCommand
{
    public static Command Create(Shell shell) => new("pool", "Asset pools, kept current per loan event; formats in docs/pools.md")
    {
        SimulateCommand.Create(shell),
        PoolImportCommand.Create(shell),
        PoolBench.Create(),
    };
}
