using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Domain.Limits;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>What every command about a pool of a server has: the pool, the address, and how to print.</summary>
internal sealed class LiveOptions
{
    private readonly Argument<string> pool = new("pool") { Description = "Pool/TENANT/ENTITY/ID" };
    private readonly Option<bool> csv = new("--csv") { Description = "CSV with a header, amounts in minor units" };
    private readonly ClientOptions client = new();

    /// <summary>Adds them to a command.</summary>
    public LiveOptions AddTo(Command command)
    {
        command.Add(pool);
        client.AddTo(command);
        command.Add(csv);
        return this;
    }

    public RpcChannel Connect(ParseResult parse) => client.Connect(parse);

    /// <exception cref="CommandFault">Two formats at once.</exception>
    public PrintFormat FormatOf(ParseResult parse) => PoolView.FormatOf(client.IsJson(parse), parse.GetValue(csv));

    /// <exception cref="CommandFault">No pool.</exception>
    public NodeKey KeyOf(ParseResult parse)
    {
        var text = parse.GetRequiredValue(pool);
        var key = KeyText.Node(text);
        return key.Kind == NodeKind.Pool ? key : throw CommandFault.Usage("BadKey", $"'{text}' is no pool; write Pool/TENANT/ENTITY/ID, such as Pool/1/1/7");
    }

    public V1.NodeKey MessageOf(ParseResult parse) => Keys.ToNode(KeyOf(parse));
}
