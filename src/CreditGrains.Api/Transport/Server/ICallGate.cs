using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// The one place every call passes before its body is read, whatever its form. What it decides it leaves in the call's context. Thread-safe.
/// </summary>
public interface ICallGate
{
    /// <summary>Called once when the server starts, with every method it serves.</summary>
    /// <param name="methods">Paths, <c>/package.Service/Method</c>.</param>
    /// <exception cref="InvalidOperationException">A method has no rule.</exception>
    void Prepare(IEnumerable<string> methods);

    /// <summary>Admits a call or refuses it.</summary>
    /// <exception cref="RpcException">Unauthenticated, PermissionDenied or ResourceExhausted.</exception>
    void Admit(CallContext context, IFeatureCollection features);

    /// <summary>Asks again for a call under way, whose credentials may have ended since.</summary>
    /// <exception cref="RpcException">Unauthenticated: they have.</exception>
    void Recheck(CallContext context);

    /// <summary>Charges a call for what it asks beyond its first command.</summary>
    /// <param name="context">Admitted before.</param>
    /// <param name="commands">How many commands, 1 or more.</param>
    /// <exception cref="RpcException">ResourceExhausted: more than its tenant may send now.</exception>
    void Charge(CallContext context, int commands);

    /// <summary>An admitted call has ended.</summary>
    void Leave(CallContext context);
}
