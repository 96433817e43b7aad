using CreditGrains.Cluster.Simulation.Checks;
using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>Hosts a node as its grain does.</summary>
internal sealed class NodeShell(ActivationDirectory directory, Activation activation, Checker checker) : INodeShell
{
    private const long RemindEvery = 2_000_000;
    private int watch;

    public NodeHost Host { get; set; } = null!;

    public void Watch(bool isOn)
    {
        if (isOn && watch % 2 == 0)
        {
            var mine = ++watch;
            directory.Every(activation, RemindEvery, Host.RemindAsync, () => watch == mine);
        }
        else if (!isOn && watch % 2 == 1) watch++;
    }

    // Limits of runs have no dates.
    public Task KeepAwakeAsync(bool isOn) => Task.CompletedTask;

    public void Leave(Exception cause)
    {
        checker.NodeLeft(activation.Target.Node, cause);
        directory.Leave(activation);
    }
}
