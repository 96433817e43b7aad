using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Tests.CommandLine;

public sealed class KeyTextTest
{
    [Theory]
    [InlineData("1/1/42", NodeKind.Facility, 42)]
    [InlineData("Borrower/1/1/7", NodeKind.Borrower, 7)]
    [InlineData("obligor_group/1/1/9223372036854775807", NodeKind.ObligorGroup, long.MaxValue)]
    [InlineData("facility/1/1/42", NodeKind.Facility, 42)]
    public void Node_OfAKey_IsReadAndWrittenBack(string text, NodeKind kind, long id)
    {
        var key = KeyText.Node(text);
        Assert.Equal(new NodeKey(id, 1, 1, kind), key);
        Assert.Equal(key, KeyText.Node(KeyText.Of(key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1/1")]
    [InlineData("0/1/42")]
    [InlineData("1/65536/42")]
    [InlineData("1/1/-1")]
    [InlineData("1/1/0")]
    [InlineData("Shop/1/1/42")]
    [InlineData("3/1/1/42")]
    [InlineData("Borrower/1/1/42/5")]
    public void Node_OfWhatIsNoKey_IsAUsageFault(string text)
    {
        var fault = Assert.Throws<CommandFault>(() => KeyText.Node(text));
        Assert.Equal("BadKey", fault.Name);
        Assert.Equal(ExitCode.Usage, fault.Code);
    }
}
