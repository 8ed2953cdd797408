"""What to do about the problems of .dmn files."""

HINTS = {
    "dmn.circle": "去掉其中一个需求。 Remove one of the requirements.",
    "dmn.empty": "画一个决策，或删除此文件。 Draw a decision, or remove the file.",
    "dmn.input": "填写此列的表达式，例如 amount。 Write the expression of the column, such as amount.",
    "dmn.logic": "给决策一个决策表或表达式。 Give the decision a table or an expression.",
    "dmn.missing": "在建模器里补全此框。 Complete the box in a modeller.",
    "dmn.name": "给元素取名。 Give the element a name.",
    "dmn.relation": "每行的格数应与列数相同。 Give every row one cell for each column.",
    "dmn.root": "文件应是 DMN 1.1 至 1.5 的 XML。 The file should be the XML of DMN 1.1 to 1.5.",
    "dmn.same_id": "改掉其中一个 id。 Rename one of the two.",
    "dmn.same_type": "改掉其中一个名称。 Rename one of the two.",
    "dmn.table": "检查命中策略、输出名称和每条规则的格数。 Check the hit policy, the names of outputs and the cells.",
    "dmn.type_circle": "让其中一个类型用 FEEL 的类型来定义。 Define one of the types by a type of FEEL.",
    "dmn.type_name": "给类型取名。 Give the type a name.",
    "expression.syntax": "检查拼写和括号。 Check spelling and brackets.",
}
"""By the key of the problem; where the reader knows better, the problem has its own hint."""
