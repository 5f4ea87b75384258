"""A pack as small as one can be while using every file, to break in one place at a time."""

from pathlib import Path

WORDS = ("đèn", "rác", "đường", "cây", "nước", "chợ", "trường", "cầu", "hẻm", "cống")

FILES = {
    "pack.toml": """
[pack]
name = "{folder}"
format = 1
province = "68"
languages = ["vi", "en"]
valid_from = 2025-07-01
calendar = "office"

[owner]
name = "Tỉnh Thử"

[map]
lat = 11.94
lon = 108.45
zoom = 13

[messages]
sms_sender = "MotCua"
""",
    "areas.csv": """code,name,full_name,level,type,parent_code,lat,lon,valid_from,valid_to,legal_basis
VN,Việt Nam,Việt Nam,country,,,16.0,106.0,,,
68,Thử,Tỉnh Thử,province,tinh,VN,11.94,108.45,2025-07-01,,NQ 202/2025/QH15
24778,Một,Phường Một,commune,phuong,68,11.95,108.42,2025-07-01,,
24781,Hai,Phường Hai,commune,phuong,68,11.95,108.48,2025-07-01,,
""",
    "areas_old.csv": """code,name,full_name,level,type,parent_code,lat,lon,valid_from,valid_to,legal_basis
672,Đà Thử,Thành phố Đà Thử,district,thanh_pho,VN,11.95,108.44,,2025-06-30,
24778,Năm,Phường 5,commune,phuong,672,11.94,108.41,,2025-06-30,
24780,Sáu,Phường 6,commune,phuong,672,11.96,108.43,,2025-06-30,
""",
    "successions.csv": """old_code,new_code,kind,on,legal_basis
24778,24778,whole,2025-07-01,NQ 1671
24780,24778,part,2025-07-01,NQ 1671
24780,24781,part,2025-07-01,NQ 1671
""",
    "calendars.csv": """code,name,sessions,zone
office,Giờ hành chính,mon-fri 07:00-11:30 13:30-17:00,Asia/Ho_Chi_Minh
hotline,Tổng đài,mon-sun 07:00-21:00,Asia/Ho_Chi_Minh
""",
    "calendar_days.csv": """calendar,date,kind,name,legal_basis,confirmed
office,2026-01-01,off,Tết Dương lịch,BLLĐ,yes
office,2026-01-02,off,Nghỉ hoán đổi,BLLĐ,yes
office,2026-01-10,work,Làm bù,BLLĐ,yes
office,2027-01-01,off,Tết Dương lịch,BLLĐ,no
""",
    "units.csv": """\
code,name,short_name,kind,parent_code,area_code,calendar,phone,email,agency_code,valid_from,valid_to,legal_basis
68,UBND tỉnh Thử,UBND tỉnh,province,,68,office,0900 000 001,ubnd@thu.example,,2025-07-01,,
centre,Tổng đài 1022,Tổng đài,centre,68,68,hotline,,,,2025-07-01,,
24778,UBND phường Một,P. Một,commune,68,24778,office,,,,2025-07-01,,
24778-vp,Văn phòng phường Một,VP P. Một,office,24778,24778,office,,,,2025-07-01,,
24781,UBND phường Hai,P. Hai,commune,68,24781,office,,,,2025-07-01,,
""",
    "officers.csv": """login,full_name,unit_code,role,title,email,phone
quantri,Trần Thị Mẫu,centre,administrator,Quản trị,quantri@thu.example,0900 000 002
mot.ct,Lê Văn Mẫu,24778,leader,Chủ tịch,mot.ct@thu.example,
mot.ct,Lê Văn Mẫu,24778-vp,clerk,Văn thư,mot.ct@thu.example,
""",
    "categories.csv": """code,name,name_en,parent,icon,urgency,public,guidance,guidance_en,examples,examples_en,photo_hint,photo_hint_en,open311_group,keywords,sort
streets,Đường phố,Streets,,road,binh_thuong,yes,,,,,,,,,100
lighting,Chiếu sáng,Lighting,streets,bulb,binh_thuong,yes,Báo đèn tắt.,Report lamps.,Đèn tắt,Lamp out,Chụp cột đèn,Show the pole,Streets,đèn|bóng,110
waste,Rác,Waste,streets,trash,khan,yes,,,,,,,Streets,,120
""",  # noqa: E501  one record on one line
    "attributes.csv": """category,code,order,datatype,required,question,question_en,values,values_en
lighting,count,1,singlevaluelist,no,Mấy đèn?,How many?,one:Một|few:Vài,one:One|few:A few
lighting,pole,2,string,no,Số cột?,Number of the pole?,,
""",
    "routing.csv": """order,category,area,hours,target,reason
10,lighting,24781,*,24781,Phường Hai tự lo đèn.
20,lighting,*,working,commune/vp,Đèn: văn phòng phường.
30,waste,*,*,commune,Rác: phường.
90,*,*,*,centre,Tổng đài xem.
""",
    "clocks.csv": """clock,category,area,urgency,duration,after,remind_before,escalate_to,basis
accept,*,*,*,8 giờ làm việc,opened,2 giờ làm việc,leader,
on_site,waste,*,*,,,,,
on_site,*,*,*,2 giờ làm việc,accept,,,
answer,*,*,*,6 giờ làm việc,on_site,,,
result,*,24781,*,5 ngày làm việc,opened,1 ngày làm việc,leader,
result,lighting,*,*,2 ngày làm việc,opened,1 ngày làm việc,leader,
result,*,*,khan,1 ngày làm việc,opened,2 giờ làm việc,leader,
result,*,*,*,3 ngày làm việc,opened,4 giờ làm việc,leader,
""",
    "scope.csv": """kind,action,phrases,guidance,guidance_en,where,where_en,phone,url
crime,call,cầm dao|bị cướp,Gọi 113.,Call 113.,Công an,Police,113,
complaint,guide,đơn khiếu nại,Nộp đơn.,File it in writing.,Tiếp công dân,Reception,,/thu-tuc/
""",
    "scope-eval.csv": """text,kind
Có người cầm dao,crime
Đèn cháy bóng,
""",
    "templates.csv": """event,audience,channel,language,subject,body
incident.submitted,reporter,email,vi,Đã nhận {code},"Chào bạn,\\n\\nĐã nhận {code}. Xem: {link}"
incident.submitted,reporter,email,en,Received {code},"Hello,\\n\\nreceived {code}. See: {link}"
incident.submitted,reporter,sms,vi,,Da nhan {code}. Xem: {link}
incident.submitted,reporter,sms,en,,Received {code}. See: {link}
""",
}


def write_small_pack(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in FILES.items():
        text = content.replace("{folder}", folder.name) if name == "pack.toml" else content
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "phrases").mkdir(exist_ok=True)
    rows = ["text,category"]
    for number, code in enumerate(("lighting", "waste")):
        phrases = [f"{WORDS[i % 10]} {WORDS[i // 10]} hỏng {number}" for i in range(60)]
        (folder / "phrases" / f"{code}.txt").write_text("# câu\n" + "\n".join(phrases) + "\n", encoding="utf-8")
        rows += [f"câu thử {WORDS[i]} {code},{code}" for i in range(10)]
    (folder / "phrases" / "eval.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Break one thing. Fails when ``old`` is not there, so that no case tests nothing."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
