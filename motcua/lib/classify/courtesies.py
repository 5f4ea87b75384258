"""What people write around the matter: greetings, who and where they are, pleas. Training wraps texts in it, so that
these words weigh nothing wherever they stand.
"""

import random
from typing import Final

_OPENINGS: Final = """
kính gửi ủy ban nhân dân phường
kính gửi các cơ quan chức năng
kính thưa quý lãnh đạo
kính chào các đồng chí
chào tổng đài 1022
chào anh chị
dạ em chào anh chị
alo tổng đài cho tôi báo
ad ơi cho mình phản ánh
mình muốn phản ánh tình trạng
tôi xin phản ánh một việc như sau
tôi muốn kiến nghị về việc
người dân chúng tôi phản ánh
thay mặt bà con trong xóm tôi trình bày
tôi là người dân sống ở đây
gia đình tôi sống tại đây đã nhiều năm
tôi tên là hùng
em tên lan là sinh viên
tôi thường đi làm ngang qua đây và thấy
hôm nay tôi đi ngang thì thấy
sáng nay khoảng 7 giờ
tối qua lúc 9 giờ
chiều thứ ba tuần trước
mấy hôm nay
từ đầu tháng đến giờ
đã hơn hai tuần nay
gần một năm nay
xin báo với chính quyền là
nhờ anh chị xem giúp
cho tôi hỏi
xin hỏi
đề nghị xử lý việc
đề nghị kiểm tra việc
hiện nay
hiện tại khu vực này
khu vực nhà tôi đang xảy ra
khu phố tôi
xóm em
chỗ này
""".strip().splitlines()

_CLOSINGS: Final = """
đề nghị các cấp kiểm tra và xử lý
đề nghị cơ quan có thẩm quyền vào cuộc
mong chính quyền sớm giải quyết cho dân
mong được xem xét
rất mong nhận được phản hồi
mong cơ quan chức năng can thiệp
xin cảm ơn
trân trọng cảm ơn
cảm ơn ad nhiều
em cảm ơn ạ
nhờ xử lý dùm
nhờ các anh chị hỗ trợ
giúp dân với ạ
nhanh nhanh giùm
làm ơn giải quyết sớm
người dân rất bức xúc
bà con rất khổ
ảnh hưởng đến đời sống sinh hoạt của nhiều hộ dân
rất nguy hiểm
rất bất tiện cho việc đi lại và sinh hoạt
trong nhà có trẻ nhỏ và người già
tôi đã báo nhiều lần nhưng không thấy ai xuống
đã phản ánh lên phường mà chưa được giải quyết
tình trạng kéo dài đã lâu
đến nay vẫn chưa được khắc phục
hôm trước có người đến xem rồi thôi
không biết trách nhiệm thuộc về ai
ai cũng biết mà không ai làm gì
tôi có gửi kèm hình ảnh và video
xem hình đính kèm
liên hệ tôi qua số điện thoại đã cung cấp
xin giữ kín thông tin người phản ánh
nếu cần tôi sẽ chỉ chỗ
mong anh chị cho biết khi nào xong
chúng tôi chờ câu trả lời
""".strip().splitlines()

_PLACES: Final = (
    """
trần phú, phan đình phùng, hai bà trưng, nguyễn văn cừ, hùng vương, lê hồng phong, nguyễn trãi, trần hưng đạo
bùi thị xuân, phan chu trinh, hoàng văn thụ, lý thường kiệt, nguyễn công trứ, xô viết nghệ tĩnh, quang trung
nguyễn du, hồ tùng mậu, phạm ngũ lão, lê đại hành, nguyễn đình chiểu, võ thị sáu, ngô quyền, mai anh đào
phù đổng thiên vương, thánh mẫu, vạn hạnh, an dương vương, hà huy tập, trần quốc toản, đinh tiên hoàng, yersin
lê quý đôn, tô hiến thành, trạng trình, cao bá quát, yết kiêu, đống đa, ba tháng hai, ba tháng tư, mimosa, prenn
pasteur, cô giang, huỳnh thúc kháng, nguyễn thị minh khai, trần nhân tông, nguyễn siêu, lữ gia, chi lăng, hoàng diệu
""".strip()
    .replace("\n", ", ")
    .split(", ")
)

_STANDS: Final = (
    "ở đường {place}", "đường {place}", "trên đường {place}", "hẻm 0 đường {place}", "số 0 {place}", "trước nhà số 0",
    "đoạn {place}", "gần ngã ba {place}", "khu vực {place}", "tổ 0", "tổ dân phố 0", "thôn 0", "phường 0 cũ", "gần chợ",
    "gần trường {place}", "đầu đường {place}", "trong hẻm", "cuối hẻm 0", "khu phố tôi", "địa bàn phường", "trong xóm",
)  # fmt: skip


def wrapped(text: str, dice: random.Random) -> str:
    """``text`` (lower-case words) as part of a letter: something before it, after it, or both."""
    parts = [text]
    if dice.random() < 0.5:
        place = dice.choice(_STANDS).format(place=dice.choice(_PLACES))
        parts.insert(dice.randrange(2), place)
    if dice.random() < 0.7:
        parts.insert(0, dice.choice(_OPENINGS))
    if dice.random() < 0.7 or len(parts) == 1:
        parts.append(dice.choice(_CLOSINGS))
    return " ".join(parts)
