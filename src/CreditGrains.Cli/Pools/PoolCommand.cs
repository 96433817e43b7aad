using System.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Pools.Live;

namespace CreditGrains.Cli.Pools;

/// <summary>creditgrains pool: asset pools kept current per loan event. Docs: docs/pools.md.</summary>
internal static class PoolCommand
{
    public static Command Create(Shell shell) => new("pool", "Asset pools, kept current per loan event; formats in docs/pools.md")
    {
        SimulateCommand.Create(shell),
        PoolImportCommand.Create(shell),
        PoolBench.Create(),
        PoolDefineCommand.Create(shell),
        PoolLoadCommand.Create(shell),
        LiveViewCommands.State(shell),
        LiveViewCommands.History(shell),
        LiveViewCommands.Rolls(shell),
        LiveViewCommands.Vintages(shell),
        LiveJobCommands.Project(shell),
        LiveJobCommands.Deal(shell),
        LiveJobCommands.Measures(shell),
        LiveJobCommands.Grid(shell),
        LiveJobCommands.MonteCarlo(shell),
    };
}
