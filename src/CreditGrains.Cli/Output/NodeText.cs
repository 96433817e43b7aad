using CreditGrains.Api.Mapping;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Output;

/// <summary>Keys of messages for people.</summary>
internal static class NodeText
{
    /// <summary>Empty for no key.</summary>
    public static string Of(NodeKey? key) => key is null || key.Id == 0 ? "" : KeyText.Of(Keys.FromNode(key));
}
