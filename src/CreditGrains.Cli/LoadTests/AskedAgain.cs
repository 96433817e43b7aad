using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Connection;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.LoadTests;

/// <summary>Sends answered requests once more. A server that kept its promise repeats the decision under the number it had.</summary>
internal static class AskedAgain
{
    /// <summary>How many are not answered as before: decided anew, refused, under another number, or not answered.</summary>
    /// <param name="channel">To the server.</param>
    /// <param name="answered">What it said.</param>
    public static async Task<long> CountOthersAsync(RpcChannel channel, IReadOnlyList<AnsweredRequest> answered)
    {
        var others = 0L;
        var bytes = new byte[AuthorizationWire.LengthMax];
        foreach (var (request, decisionId) in answered)
        {
            // The same bytes as before: another content under the same id would be refused.
            var message = V1.AuthorizeRequest.Parser.ParseFrom(bytes, 0, AuthorizationWire.Write(request, bytes));
            try
            {
                var decision = await channel.UnaryAsync(Calls.Authorize, message);
                if (!decision.Duplicate || decision.DecisionId != decisionId) others++;
            }
            catch (RpcException)
            {
                others++;
            }
        }

        return others;
    }
}
