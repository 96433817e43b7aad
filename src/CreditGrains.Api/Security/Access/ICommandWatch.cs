using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Access;

/// <summary>Sees what a principal is about to do and may refuse it. Called on the caller's thread, in the order of its commands.</summary>
internal interface ICommandWatch
{
    /// <summary>Called before commands of which at least one is privileged are executed.</summary>
    /// <exception cref="Transport.RpcException">One of them may not be executed so; none is.</exception>
    void Before(Principal principal, ReadOnlySpan<Command> commands);

    /// <summary>Called before an act that is no command.</summary>
    /// <exception cref="Transport.RpcException">It may not be done.</exception>
    void Before(Principal principal, string act);
}
