
namespace CreditGrains.Risk.Feel;

/// <summary>
/// Reads FEEL into expressions and unary tests (grammar of DMN 1.3 §10.3.1.2), straight from the text, since which words make up a name
/// depends on the names in scope. Precedence, loosest first: or, and, comparison, addition, multiplication, power, negation, path and filter.
/// </summary>
internal sealed partial class FeelParser
{
    private const int LengthMax = 65_536;
    private const int DepthMax = 200;
    private readonly string text;
    private readonly FeelScope scope;
    private int at;
    private int depth;

    private FeelParser(string text, FeelScope scope)
    {
        if (text.Length > LengthMax) throw new FeelFault("ExpressionTooLong", $"an expression of {text.Length} characters; split it into decisions of at most {LengthMax}", 0);
        this.text = text;
        this.scope = scope;
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FeelFault">It is none, or names something that is not in scope.</exception>
    public static FeelExpression Expression(string text, FeelScope scope)
    {
        var parser = new FeelParser(text, scope);
        var expression = parser.ReadExpression();
        parser.End();
        return expression;
    }

    /// <summary>Reads the tests of a cell.</summary>
    /// <param name="text">Such as <c>&gt; 5</c>, <c>[1..10), "a"</c>, <c>not("a")</c> or <c>-</c>.</param>
    /// <param name="scope">Has "?" for the value that is tested.</param>
    /// <exception cref="FeelFault">They are none.</exception>
    public static UnaryTest Tests(string text, FeelScope scope)
    {
        var parser = new FeelParser(text, scope);
        var test = parser.ReadTests();
        parser.End();
        return test;
    }

    private UnaryTest ReadTests()
    {
        Skip();
        if (at < text.Length && text[at] == '-' && IsAlone(at + 1))
        {
            at++;
            return new AnyTest();
        }

        var start = at;
        if (TryWord("not") && TrySign("("))
        {
            var tests = ReadTestList();
            if (TrySign(")") && IsAlone(at)) return new AnyOfTest([.. tests], isNegated: true);
            // Part of a longer expression, such as not(a) and b.
            at = start;
        }

        at = start;
        var list = ReadTestList();
        return list.Count == 1 ? list[0] : new AnyOfTest([.. list], isNegated: false);
    }

    private List<UnaryTest> ReadTestList()
    {
        var tests = new List<UnaryTest>();
        do tests.Add(ReadTest());
        while (TrySign(","));
        return tests;
    }

    private UnaryTest ReadTest()
    {
        if (TryComparison() is { } sign) return new CompareTest(sign, ReadSum());
        return TestOf(ReadExpression());
    }

    private UnaryTest TestOf(FeelExpression expression) =>
        expression is ConstantExpression constant ? new ConstantTest(constant.Value) : new ExpressionTest(expression, isCondition: usesValue);

    private FeelExpression ReadExpression()
    {
        if (++depth > DepthMax) throw Fault("ExpressionTooDeep", $"an expression nested more than {DepthMax} deep; split it into decisions");
        var outer = usesValue;
        usesValue = false;
        var expression = TryWord("if") ? ReadIf()
            : TryWord("for") ? ReadIteration(FeelQuantifier.Each, "return")
            : TryWord("some") ? ReadIteration(FeelQuantifier.Some, "satisfies")
            : TryWord("every") ? ReadIteration(FeelQuantifier.Every, "satisfies")
            : ReadOr();
        usesValue |= outer && depth > 1;
        depth--;
        return expression;
    }

    private IfExpression ReadIf()
    {
        var condition = ReadExpression();
        Expect("then", TryWord("then"));
        var then = ReadExpression();
        Expect("else", TryWord("else"));
        return new IfExpression(condition, then, ReadExpression());
    }

    private IterationExpression ReadIteration(FeelQuantifier quantifier, string word)
    {
        var iterators = new List<FeelIterator>();
        do
        {
            var name = ReadNewName();
            Expect("in", TryWord("in"));
            var source = ReadExpression();
            var to = TrySign("..") ? ReadExpression() : null;
            iterators.Add(new FeelIterator(scope.Add(name), source, to));
        }
        while (TrySign(","));
        Expect(word, TryWord(word));
        var partial = scope.Add("partial");
        var body = ReadExpression();
        scope.Remove(iterators.Count + 1);
        return new IterationExpression(quantifier, iterators, body, quantifier == FeelQuantifier.Each && used.Contains(partial) ? partial : -1);
    }

    private FeelExpression ReadOr()
    {
        var left = ReadAnd();
        while (TryWord("or")) left = Binary(FeelOperator.Or, left, ReadAnd());
        return left;
    }

    private FeelExpression ReadAnd()
    {
        var left = ReadComparison();
        while (TryWord("and")) left = Binary(FeelOperator.And, left, ReadComparison());
        return left;
    }

    private FeelExpression ReadComparison()
    {
        var left = ReadSum();
        while (true)
        {
            if (TryComparison() is { } sign)
            {
                left = Binary(sign, left, ReadSum());
            }
            else if (TryWord("between"))
            {
                var low = ReadSum();
                Expect("and", TryWord("and"));
                left = new BetweenExpression(left, low, ReadSum());
            }
            else if (TryWord("in"))
            {
                left = new InExpression(left, ReadInTests());
            }
            else if (TryWord("instance"))
            {
                Expect("of", TryWord("of"));
                left = new InstanceExpression(left, ReadType());
            }
            else
            {
                return left;
            }
        }
    }

    /// <summary>Tests in brackets, a range that opens with a bracket, or one test. Read once, see <see cref="ReadBracket"/>.</summary>
    private UnaryTest ReadInTests()
    {
        if (!TrySign("(")) return ReadInTest();
        var outer = (rangeDepth, rangeHasEnd);
        (rangeDepth, rangeHasEnd) = (rangeDepth + 1, false);
        var tests = new List<UnaryTest>();
        if (TryComparison() is { } sign)
        {
            tests.Add(new CompareTest(sign, ReadSum()));
        }
        else
        {
            var first = ReadExpression();
            if (TrySign("..")) return TestOf(ReadRange(hasLow: false, first, outer));
            tests.Add(TestOf(first));
        }

        (rangeDepth, rangeHasEnd) = outer;
        while (TrySign(",")) tests.Add(ReadTest());
        Expect(")", TrySign(")"));
        return new AnyOfTest([.. tests], isNegated: false);
    }

    /// <summary>One test behind "in": it ends before "and", "or" and another comparison.</summary>
    private UnaryTest ReadInTest()
    {
        if (TryComparison() is { } sign) return new CompareTest(sign, ReadSum());
        var outer = usesValue;
        usesValue = false;
        var test = TestOf(ReadSum());
        usesValue |= outer;
        return test;
    }

    private FeelExpression ReadSum()
    {
        var left = ReadProduct();
        while (true)
        {
            if (TrySign("+")) left = Binary(FeelOperator.Add, left, ReadProduct());
            else if (TrySign("-")) left = Binary(FeelOperator.Subtract, left, ReadProduct());
            else return left;
        }
    }

    private FeelExpression ReadProduct()
    {
        var left = ReadPower();
        while (true)
        {
            if (!Looks("**") && TrySign("*")) left = Binary(FeelOperator.Multiply, left, ReadPower());
            else if (TrySign("/")) left = Binary(FeelOperator.Divide, left, ReadPower());
            else return left;
        }
    }

    private FeelExpression ReadPower()
    {
        var left = ReadNegation();
        while (TrySign("**")) left = Binary(FeelOperator.Power, left, ReadNegation());
        return left;
    }

    private FeelExpression ReadNegation()
    {
        if (!TrySign("-")) return ReadPostfix();
        if (++depth > DepthMax) throw Fault("ExpressionTooDeep", $"an expression nested more than {DepthMax} deep; split it into decisions");
        var operand = ReadNegation();
        depth--;
        return operand is ConstantExpression constant ? new ConstantExpression(FeelOperators.Negate(constant.Value)) : new NegateExpression(operand);
    }

    private FeelExpression ReadPostfix()
    {
        var expression = ReadPrimary();
        while (true)
        {
            if (!Looks("..") && TrySign(".")) expression = new PathExpression(expression, ReadMember());
            else if (TrySign("(")) expression = ReadInvocation(expression);
            else if (!EndsARange() && TrySign("[")) expression = ReadFilter(expression);
            else return expression;
        }
    }

    private FilterExpression ReadFilter(FeelExpression source)
    {
        var place = scope.Add("item");
        scope.EnterFilter(place);
        var condition = ReadExpression();
        scope.LeaveFilter();
        scope.Remove(1);
        Expect("]", TrySign("]"));
        return new FilterExpression(source, place, condition);
    }

    private static FeelExpression Binary(FeelOperator sign, FeelExpression left, FeelExpression right) =>
        left is ConstantExpression a && right is ConstantExpression b ? new ConstantExpression(BinaryExpression.Apply(sign, a.Value, b.Value)) : new BinaryExpression(sign, left, right);

    /// <summary>Whether a bracket here closes a range, as in <c>[1..5[</c>.</summary>
    private bool EndsARange()
    {
        Skip();
        return rangeDepth > 0 && at < text.Length && text[at] == '[' && rangeHasEnd;
    }
}
