using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// Maker and checker of activations where callers are known: the maker is who sends it, and the checker who approves its proposal. Neither name is taken from a message.
/// </summary>
internal static class Activating
{
    /// <summary>Stands for the checker while a proposal is looked at: no principal's id.</summary>
    public const string SomebodyElse = "(somebody else)";

    /// <exception cref="RpcException">PermissionDenied: it names another maker, or a checker.</exception>
    public static void Demand(Principal principal, in Command command)
    {
        if (command.Control is null || ReferenceEquals(principal, Principal.Local)) return;
        var (maker, checker) = command.Control switch
        {
            ActivateModel model => (model.Maker, model.Checker),
            ActivatePolicy policy => (policy.Maker, policy.Checker),
            _ => (principal.Id, ""),
        };
        if (maker != principal.Id) throw new RpcException(StatusCode.PermissionDenied, $"MakerIsNotCaller: the maker is who sends the activation; write {principal.Id}.");
        if (checker.Length > 0)
            throw new RpcException(StatusCode.PermissionDenied, "CheckerIsNotCaller: the checker is who approves; leave it empty and send the activation to ApprovalService.Propose ('creditgrains propose').");
    }

    /// <summary>An approved command with its checker.</summary>
    public static Command Checked(Command command, string checker)
    {
        command.Control = command.Control switch
        {
            ActivateModel model => model with { Checker = checker },
            ActivatePolicy policy => policy with { Checker = checker },
            var other => other,
        };
        return command;
    }
}
