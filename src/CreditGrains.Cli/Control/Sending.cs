using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Control;

/// <summary>Sends one command. When no answer comes it may have been decided all the same, so what failed is told with the request's id.</summary>
internal static class Sending
{
    /// <param name="channel">To the server.</param>
    /// <param name="message">The command, with its id.</param>
    /// <param name="again">How to give the id when the command is sent again, such as "--id 0197…".</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CommandFault">There was a connection and no answer.</exception>
    public static async Task<V1.Decision> ExecuteAsync(RpcChannel channel, V1.Command message, string again, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.UnaryAsync(Calls.Execute, message, new CallOptions { CancellationToken = cancellationToken });
        }
        catch (RpcException e) when (e.Code == StatusCode.Cancelled)
        {
            throw new CommandFault(ExitCode.Unavailable, "Interrupted", $"stopped before the answer came, so it may have been decided; {Advice(again)}", e);
        }
        catch (RpcException e) when (e.Code is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown && !IsUnsent(e))
        {
            var server = channel.Address.ToString().TrimEnd('/');
            var what = e.InnerException is null
                ? $"{server} cannot serve this now: {e.Message}"
                : $"the answer of {server} did not come ({e.Message.TrimEnd('.')}), so it may have been decided";
            throw new CommandFault(ExitCode.Unavailable, e.Code.ToString(), $"{what}; {Advice(again)}", e);
        }
    }

    private static string Advice(string again) => $"sent again with {again} it takes effect once";

    private static bool IsUnsent(RpcException e) => e.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
