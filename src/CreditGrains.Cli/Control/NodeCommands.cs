using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Control;

/// <summary>creditgrains freeze, unfreeze and close.</summary>
internal static class NodeCommands
{
    public static Command Freeze(Shell shell) => Make(shell, "freeze", "Stop approvals on a facility, or on everything below a node; facts still post", key => new Freeze(key));

    public static Command Unfreeze(Shell shell) => Make(shell, "unfreeze", "Allow approvals again", key => new Unfreeze(key));

    public static Command Close(Shell shell) => Make(shell, "close", "End a facility, or a node without children", key => new Close(key));

    /// <summary>The argument that names a facility or node.</summary>
    public static Argument<string> NodeArgument() => new("node") { Description = "Facility TENANT/ENTITY/ID or node KIND/TENANT/ENTITY/ID" };

    private static Command Make(Shell shell, string name, string description, Func<NodeKey, ControlCommand> make)
    {
        var node = NodeArgument();
        return SingleCommand.Complete(shell, new Command(name, description) { node }, parse => make(KeyText.Node(parse.GetRequiredValue(node))));
    }
}
